//! Bills of materials of any size, the same for the same number: what the benchmarks and the memory
//! measurements read.

use std::fmt::Write as _;

/// A generator of numbers (splitmix64), so that the documents look less alike.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// An index into a list of so many items.
    fn index(&mut self, length: usize) -> usize {
        let limit = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(limit)).unwrap_or_default()
    }

    fn digest(&mut self) -> String {
        format!(
            "{:016x}{:016x}{:016x}{:016x}",
            self.next(),
            self.next(),
            self.next(),
            self.next()
        )
    }
}

/// What is the same in every format: one component.
struct Part {
    name: String,
    version: String,
    digest: String,
    license: &'static str,
    depends_on: Vec<usize>,
}

const LICENSES: [&str; 5] = ["MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "MPL-2.0"];

fn parts(count: usize) -> Vec<Part> {
    let mut numbers = Numbers(count as u64);
    let mut part = |index: usize| {
        let name = format!("component-{index}-{:x}", numbers.below(0xffff));
        let version = format!(
            "{}.{}.{}",
            numbers.below(20),
            numbers.below(40),
            numbers.below(100)
        );
        let digest = numbers.digest();
        let license = LICENSES
            .get(numbers.index(LICENSES.len()))
            .copied()
            .unwrap_or("MIT");
        let mut depends_on: Vec<_> = (0..numbers.below(4))
            .filter(|_| index > 0)
            .map(|_| numbers.index(index))
            .collect();
        depends_on.sort_unstable();
        depends_on.dedup();
        Part {
            name,
            version,
            digest,
            license,
            depends_on,
        }
    };
    (0..count).map(&mut part).collect()
}

impl Part {
    fn purl(&self) -> String {
        format!("pkg:npm/{}@{}", self.name, self.version)
    }
}

/// CycloneDX 1.6 in JSON; about 1.1 kB a component.
pub(crate) fn cyclonedx_json(count: usize) -> String {
    let parts = parts(count);
    let mut out = String::with_capacity(count * 1150 + 1000);
    out.push_str(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
"metadata":{"timestamp":"2026-11-20T09:00:00Z","authors":[{"name":"Release Office","email":"release@example.com"}],
"component":{"type":"application","bom-ref":"root","name":"the-product","version":"4.2.0","supplier":{"name":"Example Corporation"}}},
"components":["#,
    );
    for (index, part) in parts.iter().enumerate() {
        let Part {
            name,
            version,
            digest,
            license,
            ..
        } = part;
        let comma = if index > 0 { "," } else { "" };
        _ = write!(
            out,
            r#"{comma}
  {{
    "type": "library",
    "bom-ref": "{purl}",
    "supplier": {{ "name": "Supplier {supplier}", "url": ["https://supplier-{supplier}.example"] }},
    "name": "{name}",
    "version": "{version}",
    "description": "Does what component number {index} of a large product does, in one sentence.",
    "scope": "required",
    "hashes": [ {{ "alg": "SHA-256", "content": "{digest}" }} ],
    "licenses": [ {{ "license": {{ "id": "{license}" }} }} ],
    "purl": "{purl}",
    "externalReferences": [ {{ "type": "vcs", "url": "https://git.example/{name}.git" }}, {{ "type": "website", "url": "https://{name}.example/" }} ],
    "properties": [ {{ "name": "internal:layer", "value": "layer-{layer}" }} ]
  }}"#,
            purl = part.purl(),
            supplier = index % 97,
            layer = index % 7,
        );
    }
    out.push_str("\n],\n\"dependencies\":[\n{\"ref\":\"root\",\"dependsOn\":[");
    let first = parts.first().map_or_else(String::new, Part::purl);
    _ = write!(out, "\"{first}\"]}}");
    for part in &parts {
        _ = write!(out, ",\n{{ \"ref\": \"{}\", \"dependsOn\": [", part.purl());
        let targets = part.depends_on.iter().filter_map(|one| parts.get(*one));
        for (index, target) in targets.enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            _ = write!(out, "{comma}\"{}\"", target.purl());
        }
        out.push_str("] }");
    }
    out.push_str("\n]}\n");
    out
}

/// CycloneDX 1.6 in XML; about 1.2 kB a component.
pub(crate) fn cyclonedx_xml(count: usize) -> String {
    let parts = parts(count);
    let mut out = String::with_capacity(count * 1300 + 1000);
    out.push_str(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
  <metadata>
    <timestamp>2026-11-20T09:00:00Z</timestamp>
    <authors><author><name>Release Office</name><email>release@example.com</email></author></authors>
    <component type="application" bom-ref="root"><supplier><name>Example Corporation</name></supplier><name>the-product</name><version>4.2.0</version></component>
  </metadata>
  <components>
"#,
    );
    for (index, part) in parts.iter().enumerate() {
        let Part {
            name,
            version,
            digest,
            license,
            ..
        } = part;
        _ = write!(
            out,
            r#"    <component type="library" bom-ref="{purl}">
      <supplier><name>Supplier {supplier}</name><url>https://supplier-{supplier}.example</url></supplier>
      <name>{name}</name>
      <version>{version}</version>
      <description>Does what component number {index} of a large product does, in one sentence.</description>
      <scope>required</scope>
      <hashes><hash alg="SHA-256">{digest}</hash></hashes>
      <licenses><license><id>{license}</id></license></licenses>
      <purl>{purl}</purl>
      <externalReferences>
        <reference type="vcs"><url>https://git.example/{name}.git</url></reference>
        <reference type="website"><url>https://{name}.example/</url></reference>
      </externalReferences>
      <properties><property name="internal:layer">layer-{layer}</property></properties>
    </component>
"#,
            purl = part.purl(),
            supplier = index % 97,
            layer = index % 7,
        );
    }
    out.push_str("  </components>\n  <dependencies>\n");
    for part in &parts {
        _ = writeln!(out, "    <dependency ref=\"{}\">", part.purl());
        for target in part.depends_on.iter().filter_map(|one| parts.get(*one)) {
            _ = writeln!(out, "      <dependency ref=\"{}\"/>", target.purl());
        }
        out.push_str("    </dependency>\n");
    }
    out.push_str("  </dependencies>\n</bom>\n");
    out
}

/// SPDX 2.3 in JSON; about 1.3 kB a package.
pub(crate) fn spdx_json(count: usize) -> String {
    let parts = parts(count);
    let mut out = String::with_capacity(count * 1400 + 1000);
    out.push_str(
        r#"{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"the-product-4.2.0",
"documentNamespace":"https://example.com/spdx/the-product-4.2.0","creationInfo":{"created":"2026-11-20T09:00:00Z","creators":["Organization: Release Office (release@example.com)","Tool: generator-1.0"]},
"packages":[
{"SPDXID":"SPDXRef-root","name":"the-product","versionInfo":"4.2.0","supplier":"Organization: Example Corporation","downloadLocation":"NOASSERTION","filesAnalyzed":false}"#,
    );
    for (index, part) in parts.iter().enumerate() {
        let Part {
            name,
            version,
            digest,
            license,
            ..
        } = part;
        _ = write!(
            out,
            r#",
  {{
    "SPDXID": "SPDXRef-Package-{index}",
    "name": "{name}",
    "versionInfo": "{version}",
    "supplier": "Organization: Supplier {supplier}",
    "downloadLocation": "https://git.example/{name}.git",
    "filesAnalyzed": false,
    "homepage": "https://{name}.example/",
    "summary": "Does what component number {index} of a large product does, in one sentence.",
    "checksums": [ {{ "algorithm": "SHA256", "checksumValue": "{digest}" }} ],
    "licenseConcluded": "NOASSERTION",
    "licenseDeclared": "{license}",
    "copyrightText": "NOASSERTION",
    "primaryPackagePurpose": "LIBRARY",
    "externalRefs": [ {{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "{purl}" }} ]
  }}"#,
            purl = part.purl(),
            supplier = index % 97,
        );
    }
    out.push_str(
        "\n],\n\"relationships\":[\n{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relationshipType\":\"DESCRIBES\",\"relatedSpdxElement\":\"SPDXRef-root\"}",
    );
    for (index, part) in parts.iter().enumerate() {
        for target in &part.depends_on {
            _ = write!(
                out,
                ",\n  {{ \"spdxElementId\": \"SPDXRef-Package-{index}\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"SPDXRef-Package-{target}\" }}"
            );
        }
    }
    out.push_str("\n]}\n");
    out
}
