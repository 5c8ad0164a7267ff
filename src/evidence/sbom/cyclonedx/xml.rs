//! CycloneDX 1.0 to 1.7 in XML, put into the shape of CycloneDX JSON of the same version.
