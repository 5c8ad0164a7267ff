//! Tests through the library's doors and the binary.
#![cfg(test)]

mod authority;
