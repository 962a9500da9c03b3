//! Mail that tells the truth: MIME, templates, calendar parts, sent through SES.
