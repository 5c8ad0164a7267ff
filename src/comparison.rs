//! Two or three bills of materials held against each other.
