//! A bill of materials held against the files that were delivered, both ways.
