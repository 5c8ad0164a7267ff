//! Fuzz targets for everything that reads, judges, compares or writes a bill of materials.

mod bodies;

/// Hands one input to a target.
pub fn run(target: &str, bytes: &[u8]) {
    let (_, body) = bodies::BODIES
        .iter()
        .find(|(name, _)| *name == target)
        .expect("the target has a body");
    body(bytes);
}
