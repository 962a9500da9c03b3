//! Accept or decline an offer; waitlist-sweep expires offers.
