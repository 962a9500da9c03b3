//! Tables that people take away: workbooks, CSV, and the charts of the report.
