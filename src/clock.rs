//! The clock, read at the doors only: a verdict that depends on the day takes it as an argument, and a
//! command that is not told the day asks here.

use crate::time::{Date, Timestamp, day_of_instant};

/// The present instant.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where a door may ask for the time"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The present day in UTC.
pub fn today() -> Date {
    day_of_instant(now())
}
