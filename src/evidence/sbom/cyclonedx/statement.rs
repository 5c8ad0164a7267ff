//! What a CycloneDX document states on vulnerabilities (VEX and VDR).

use super::Reader;
use crate::evidence::sbom::model::Vulnerability;
use crate::tape::Item;

impl<'t> Reader<'t> {
    pub(super) fn vulnerabilities(&mut self, list: Item<'t>) {
        self.each(list, |reader, item| {
            let mut vulnerability = Vulnerability {
                at: reader.site(item),
                ..Vulnerability::default()
            };
            for member in item.children() {
                match member.key().unwrap_or_default() {
                    "id" => vulnerability.id = member.text().unwrap_or_default().into(),
                    "references" => {
                        let ids = member.items().filter_map(|one| one.get_text("id"));
                        vulnerability.aliases = ids.map(Into::into).collect();
                    }
                    "ratings" => {
                        let ratings = member.items().map(|one| {
                            ["method", "vector", "severity"]
                                .map(|key| one.get_text(key).unwrap_or_default().into())
                        });
                        vulnerability.ratings = ratings.collect();
                    }
                    "cwes" => {
                        let numbers = member.items().filter_map(Item::integer);
                        vulnerability.weaknesses =
                            numbers.filter_map(|one| u32::try_from(one).ok()).collect();
                    }
                    "affects" => {
                        let names = member.items().filter_map(|one| one.get_text("ref"));
                        vulnerability.affects =
                            names.map(|name| reader.other_reference(name)).collect();
                    }
                    "analysis" => {
                        vulnerability.state = member.get_text("state").map(Into::into);
                        vulnerability.justification =
                            member.get_text("justification").map(Into::into);
                        vulnerability.detail = member.get_text("detail").map(Into::into);
                        let responses = member.get("response").into_iter().flat_map(Item::items);
                        vulnerability.responses =
                            responses.filter_map(Item::text).map(Into::into).collect();
                    }
                    _ => {}
                }
            }
            reader.sbom.vulnerabilities.push(vulnerability);
        });
    }
}
