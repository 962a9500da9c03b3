//! A "no" to the person: stable code, words that say what to do.

/// Why a request about a place was refused. The code is part of the public surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No such event, or a draft seen by the public.
    #[error("There is no event at this address.")]
    EventNotFound,
    /// No live registration, or a link that no longer works.
    #[error("This link does not lead to a booking. Use the link in your latest email, or ask for it again.")]
    BookingNotFound,
    /// Places and line are full, or the line is closed.
    #[error("This event is full and its waiting list is full or closed. Please choose another date.")]
    EventFull,
    /// Before the opening time.
    #[error("Registration has not opened yet.")]
    RegistrationNotOpen,
    /// At or after the closing time.
    #[error("Registration has closed.")]
    RegistrationClosed,
    /// The event does not take place.
    #[error("This event has been cancelled.")]
    EventCancelled,
    /// The event has begun.
    #[error("This event has already started.")]
    EventOver,
    /// The organisation holds as many registrations as the event allows.
    #[error("Your organisation already has as many places on this event as it may book.")]
    OrganisationLimit,
    /// The offer's deadline has passed.
    #[error("This offer has ended. Your booking page shows where you stand now.")]
    OfferExpired,
    /// There is nothing to accept or decline.
    #[error("There is no offer open on this booking.")]
    NoOffer,
    /// The first session has not begun.
    #[error("This event has not started yet. Attendance can be recorded once its first session has begun.")]
    NotStarted,
    /// No such certificate, or a number that was mistyped.
    #[error("There is no certificate with this number. Check every letter, and try again.")]
    CertificateNotFound,
    /// Attendance does not suffice, or is not recorded yet.
    #[error("There is no certificate for this booking yet: your attendance is not recorded, or was too short.")]
    NotAttended,
    /// The certificate waits for the evaluation.
    #[error("Please answer the evaluation first: the certificate follows.")]
    EvaluationMissing,
    /// An organiser keeps the certificate back.
    #[error("Your certificate is being kept back. Please contact the organisers.")]
    CertificateWithheld,
    /// The certificate was taken back.
    #[error("This certificate was withdrawn. Please contact the organisers.")]
    CertificateRevoked,
    /// A certificate that is out cannot be kept back.
    #[error("This certificate has been issued. Revoke it instead.")]
    CertificateIssued,
    /// The booking policy leaves it to the organisers.
    #[error(
        "So shortly before an event, and for some changes at any time, only the organisers can do this. Please contact them."
    )]
    AskOrganisers,
    /// The booking policy wants everybody to book for themselves.
    #[error("Everybody books for themselves here: places cannot be reserved for a group.")]
    SelfOnly,
    /// A merge of two people that has stood for too long, or is none.
    #[error("This can no longer be taken back: people are taken apart again within 30 days of being merged.")]
    MergeFinal,
    /// The form was checked against rules that have changed since; never shown, always retried.
    #[error("The event has just been changed. Please try again.")]
    RulesChanged,
}

impl Refusal {
    /// The stable code of the public surface.
    pub fn code(self) -> &'static str {
        match self {
            Self::EventNotFound => "event-not-found",
            Self::BookingNotFound => "booking-not-found",
            Self::EventFull => "event-full",
            Self::RegistrationNotOpen => "registration-not-open",
            Self::RegistrationClosed => "registration-closed",
            Self::EventCancelled => "event-cancelled",
            Self::EventOver => "event-over",
            Self::OrganisationLimit => "organisation-limit",
            Self::OfferExpired => "offer-expired",
            Self::NoOffer => "no-offer",
            Self::NotStarted => "not-started",
            Self::CertificateNotFound => "certificate-not-found",
            Self::NotAttended => "not-attended",
            Self::EvaluationMissing => "evaluation-missing",
            Self::CertificateWithheld => "certificate-withheld",
            Self::CertificateRevoked => "certificate-revoked",
            Self::CertificateIssued => "certificate-issued",
            Self::AskOrganisers => "ask-organisers",
            Self::SelfOnly => "self-only",
            Self::MergeFinal => "merge-final",
            Self::RulesChanged => "unavailable",
        }
    }
}
