//! Booking a place; register-settle finishes half-written registrations.
