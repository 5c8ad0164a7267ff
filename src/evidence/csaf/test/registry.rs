//! The list of the mandatory tests, in the order of their numbers, which are the same in both versions.

mod general;
mod later;
mod profile;

use super::Test;

/// The mandatory tests of every version, in the order of their numbers.
pub fn tests() -> impl Iterator<Item = &'static Test> {
    general::TESTS
        .iter()
        .chain(profile::TESTS)
        .chain(later::TESTS)
}
