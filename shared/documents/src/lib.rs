//! Papers that people take away: certificates as PDF, workbooks, CSV. `typst` is linked by this crate alone.
