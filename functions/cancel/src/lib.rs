//! My booking: see, correct, cancel, resend my link.
