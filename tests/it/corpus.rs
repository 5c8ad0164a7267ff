//! The corpus of other people's documents, which lies beside the repository and not in it.
//!
//! Where it is absent, the tests that need it say so and pass; in continuous integration its absence
//! is a failure, so that nobody mistakes a run without it for a full one.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// No document of the corpus is larger; what expands beyond it is not one.
const MAXIMUM_BYTES: u64 = 64 * 1024 * 1024;

/// A folder with a `manifest.tsv`.
pub(crate) struct Corpus {
    root: PathBuf,
    pub(crate) rows: Vec<Row>,
}

/// One line of the manifest.
pub(crate) struct Row {
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) format: String,
    pub(crate) version: String,
    pub(crate) expected: String,
}

impl Row {
    /// Whether the manifest says that an independent validator found the document valid.
    pub(crate) fn is_schema_valid(&self) -> bool {
        self.expected.ends_with("schema-valid")
    }
}

/// The corpus, or `None` where this machine has none.
pub(crate) fn corpus() -> Option<&'static Corpus> {
    static CORPUS: OnceLock<Option<Corpus>> = OnceLock::new();
    CORPUS
        .get_or_init(|| {
            let root = std::env::var_os("MEKIKI_CORPUS").map_or_else(
                || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
                PathBuf::from,
            );
            let manifest = root.join("manifest.tsv");
            if manifest.is_file() {
                return Some(Corpus::open(root));
            }
            let absent = format!("there is no corpus at {}", manifest.display());
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{absent}; name its folder in MEKIKI_CORPUS"
            );
            say(&format!("{absent}; the tests that need it were left out"));
            None
        })
        .as_ref()
}

impl Corpus {
    fn open(root: PathBuf) -> Self {
        let manifest =
            std::fs::read_to_string(root.join("manifest.tsv")).expect("the manifest is readable");
        let rows = manifest
            .lines()
            .skip(1)
            .map(|line| {
                let mut cells = line.split('\t').map(str::to_owned);
                let mut cell = || cells.next().expect("a row has nine cells");
                Row {
                    path: cell(),
                    kind: cell(),
                    format: cell(),
                    version: cell(),
                    expected: cell(),
                }
            })
            .collect();
        Self { root, rows }
    }

    /// The place of a folder or file that is not compressed.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The content of a file, by its path in the manifest or in a list of cases; such lists leave out
    /// the `.zst` that compression added.
    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        let plain = self.root.join(path);
        let packed = self.root.join(format!("{path}.zst"));
        let file = if plain.exists() { plain } else { packed };
        let bytes =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        if file.extension().is_some_and(|one| one == "zst") {
            let mut content = Vec::new();
            zstd::Decoder::new(bytes.as_slice())
                .expect("a file that ends in .zst is compressed with zstd")
                .take(MAXIMUM_BYTES)
                .read_to_end(&mut content)
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            content
        } else {
            bytes
        }
    }

    /// The objects of a list with one JSON object a line.
    pub(crate) fn cases(&self, path: &str) -> Vec<serde_json::Value> {
        String::from_utf8(self.read(path))
            .expect("a list of cases is UTF-8")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a case is one JSON object"))
            .collect()
    }
}

/// The files of a tar archive (POSIX ustar), each with its name.
pub(crate) fn files_of_tar(archive: &[u8]) -> Vec<(String, &[u8])> {
    const BLOCK: usize = 512;
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0);
        String::from_utf8_lossy(&field[..end.unwrap_or(field.len())]).into_owned()
    };
    let mut files = Vec::new();
    let mut rest = archive;
    while let Some((header, content)) = rest.split_at_checked(BLOCK) {
        let Ok(size) = usize::from_str_radix(text(&header[124..136]).trim(), 8) else {
            break;
        };
        if matches!(header[156], b'0' | 0) {
            files.push((text(&header[..100]), &content[..size]));
        }
        rest = content.get(size.next_multiple_of(BLOCK)..).unwrap_or(&[]);
    }
    files
}

/// Tells the one who runs the tests what was counted or left out, past the capture of test output.
pub(crate) fn say(line: &str) {
    std::io::stderr()
        .write_all(format!("it: {line}\n").as_bytes())
        .expect("standard error is open");
}
