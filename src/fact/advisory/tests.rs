//! Advisories and statements of a bid, and the facts that they establish.
