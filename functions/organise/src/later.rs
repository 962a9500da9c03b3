//! Parts of the organisers' API that are not built yet: closed to strangers, empty for organisers.

use web::Problem;

use crate::access::SignedIn;

/// Where they will be.
pub const ROUTES: [&str; 1] = ["/api/v1/events/{id}/{*part}"];

/// Nothing here, for whoever may ask.
pub async fn not_built(_: SignedIn) -> Problem {
    Problem::not_found()
}
