//! Reading evidence from disk, within limits and without following links.

pub mod case;
pub mod delivered;
pub mod inventory;
pub mod oci;
pub mod trusted_root;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::evidence::{Evidence, MAXIMUM_BYTES};

/// The most files that one folder may hold.
pub const MAXIMUM_FILES: usize = 100_000;
/// The most bytes that one folder may hold: 8 GiB.
pub const MAXIMUM_TOTAL_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// The most bytes of one delivered file, which is read whole: 2 GiB.
pub const MAXIMUM_DELIVERED_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// The deepest folder that is entered.
const MAXIMUM_DEPTH: usize = 64;

/// Why something could not be read from disk.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is no such file or folder.
    #[error("there is no `{path}`")]
    Missing {
        /// The path as given.
        path: String,
    },
    /// A link, which might lead out of the folder or round in a circle.
    #[error("`{path}` is a symbolic link")]
    Link {
        /// The path.
        path: String,
    },
    /// A file larger than the limit.
    #[error("`{path}` has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// The path.
        path: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// More files, bytes or levels than the limits allow.
    #[error(
        "`{path}` holds more than {MAXIMUM_FILES} files, {MAXIMUM_TOTAL_BYTES} bytes or {MAXIMUM_DEPTH} levels"
    )]
    TooMany {
        /// The folder.
        path: String,
    },
    /// A name that is not UTF-8, or something that is neither file nor folder.
    #[error("`{path}` is no regular file with a UTF-8 name")]
    Irregular {
        /// The path.
        path: String,
    },
    /// The system refused.
    #[error("`{path}` cannot be read: {source}")]
    Refused {
        /// The path.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl FolderError {
    /// The diagnostic that tells the user.
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, help) = match self {
            Self::Missing { .. } => ("file-missing", "check the path"),
            Self::Link { .. } => ("file-link", "hand in the file itself, not a link to it"),
            Self::TooLarge { .. } => ("file-too-large", "split the file, or hand in its digest"),
            Self::TooMany { .. } => ("folder-too-large", "hand in one tender a folder"),
            Self::Irregular { .. } => ("file-irregular", "rename or remove it"),
            Self::Refused { source, .. } if source.kind() == std::io::ErrorKind::IsADirectory => {
                ("file-unreadable", "name a file; this is a folder")
            }
            Self::Refused { .. } => ("file-unreadable", "check the permissions"),
        };
        Diagnostic::error(code, Place::whole(), self.to_string()).help(help)
    }

    /// The same, told with another path: no report names the folders of the machine that made it.
    #[must_use]
    pub fn told_as(mut self, told: &str) -> Self {
        match &mut self {
            Self::Missing { path }
            | Self::Link { path }
            | Self::TooLarge { path, .. }
            | Self::TooMany { path }
            | Self::Irregular { path }
            | Self::Refused { path, .. } => told.clone_into(path),
        }
        self
    }

    fn of(path: &Path, source: std::io::Error) -> Self {
        let path = path.display().to_string();
        if source.kind() == std::io::ErrorKind::NotFound {
            Self::Missing { path }
        } else {
            Self::Refused { path, source }
        }
    }
}

/// Reads one file, or standard input for `-`.
///
/// # Errors
///
/// When it is missing, unreadable or too large; a size that the system reports is checked before reading.
pub fn read_file(path: &str) -> Result<Vec<u8>, FolderError> {
    if path == "-" {
        return read_limited(std::io::stdin().lock(), path);
    }
    let on_disk = Path::new(path);
    let metadata = fs::metadata(on_disk).map_err(|source| FolderError::of(on_disk, source))?;
    if metadata.is_dir() {
        return Err(FolderError::Irregular {
            path: path.to_owned(),
        });
    }
    if metadata.len() > MAXIMUM_BYTES {
        return Err(FolderError::TooLarge {
            path: path.to_owned(),
            bytes: metadata.len(),
            limit: MAXIMUM_BYTES,
        });
    }
    let file = fs::File::open(on_disk).map_err(|source| FolderError::of(on_disk, source))?;
    read_limited(file, path)
}

/// What lies below a folder, by path inside of it.
#[derive(Debug, Default)]
pub struct Listing {
    /// Regular files, sorted.
    pub files: Vec<String>,
    /// Symbolic links and whatever else is no regular file, sorted. They are not followed.
    pub others: Vec<String>,
}

/// Whether a path is a folder.
///
/// # Errors
///
/// When there is nothing, or the system refuses.
pub fn is_folder(path: &str) -> Result<bool, FolderError> {
    let on_disk = Path::new(path);
    let metadata = fs::metadata(on_disk).map_err(|source| FolderError::of(on_disk, source))?;
    Ok(metadata.is_dir())
}

/// Lists a delivered folder, which may hold links.
///
/// # Errors
///
/// When it holds more than the limits allow, a name that is not UTF-8, or the system refuses.
pub fn list_folder(root: &str) -> Result<Listing, FolderError> {
    let too_many = || FolderError::TooMany {
        path: root.to_owned(),
    };
    let root = PathBuf::from(root);
    let mut listing = Listing::default();
    let mut open = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|source| FolderError::of(&folder, source))? {
            let path = entry
                .map_err(|source| FolderError::of(&folder, source))?
                .path();
            let metadata =
                fs::symlink_metadata(&path).map_err(|source| FolderError::of(&path, source))?;
            if metadata.is_dir() {
                if depth >= MAXIMUM_DEPTH {
                    return Err(too_many());
                }
                open.push((path, depth + 1));
                continue;
            }
            if listing.files.len() + listing.others.len() >= MAXIMUM_FILES {
                return Err(too_many());
            }
            let Some(inside) = path.strip_prefix(&root).ok().and_then(Path::to_str) else {
                return Err(FolderError::Irregular {
                    path: path.display().to_string(),
                });
            };
            let inside = inside.replace(std::path::MAIN_SEPARATOR, "/");
            if metadata.is_file() {
                listing.files.push(inside);
            } else {
                listing.others.push(inside);
            }
        }
    }
    listing.files.sort();
    listing.others.sort();
    Ok(listing)
}

/// Finds the folders below `root` that hold a file called `name`, sorted, by their path inside of it. What lies below a
/// folder that was found belongs to it and is not entered; links are not followed.
///
/// # Errors
///
/// When there are more than `limit`, folders nested too deeply, a name that is not UTF-8, or the system refuses.
pub fn find_folders(root: &str, name: &str, limit: usize) -> Result<Vec<String>, FolderError> {
    let too_many = || FolderError::TooMany {
        path: root.to_owned(),
    };
    let root = PathBuf::from(root);
    let mut found = Vec::new();
    let mut open = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|source| FolderError::of(&folder, source))?;
        let mut inside = Vec::new();
        let mut holds = false;
        for entry in entries {
            let entry = entry.map_err(|source| FolderError::of(&folder, source))?;
            let path = entry.path();
            let kind = entry
                .file_type()
                .map_err(|source| FolderError::of(&path, source))?;
            holds |= kind.is_file() && entry.file_name() == name;
            if kind.is_dir() {
                inside.push((path, depth + 1));
            }
        }
        if !holds {
            if depth >= MAXIMUM_DEPTH && !inside.is_empty() {
                return Err(too_many());
            }
            open.append(&mut inside);
            continue;
        }
        if found.len() >= limit {
            return Err(too_many());
        }
        let Some(path) = folder.strip_prefix(&root).ok().and_then(Path::to_str) else {
            return Err(FolderError::Irregular {
                path: folder.display().to_string(),
            });
        };
        found.push(path.replace(std::path::MAIN_SEPARATOR, "/"));
    }
    found.sort();
    Ok(found)
}

/// Reads one delivered file, which may be larger than evidence.
///
/// # Errors
///
/// When it is missing, unreadable or too large.
pub fn read_delivered(path: &str) -> Result<Vec<u8>, FolderError> {
    let on_disk = Path::new(path);
    let of = |source| FolderError::of(on_disk, source);
    let length = fs::metadata(on_disk).map_err(of)?.len();
    if length > MAXIMUM_DELIVERED_BYTES {
        return Err(FolderError::TooLarge {
            path: path.to_owned(),
            bytes: length,
            limit: MAXIMUM_DELIVERED_BYTES,
        });
    }
    let mut bytes = Vec::new();
    fs::File::open(on_disk)
        .and_then(|file| file.take(MAXIMUM_DELIVERED_BYTES).read_to_end(&mut bytes))
        .map_err(of)?;
    Ok(bytes)
}

/// Writes a file that only its owner may read, where there is none yet.
///
/// # Errors
///
/// When there is one already, or the system refuses.
pub fn write_secret(path: &str, bytes: &[u8]) -> Result<(), FolderError> {
    use std::io::Write as _;
    let target = Path::new(path);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(target).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|source| FolderError::Refused {
        path: path.to_owned(),
        source,
    })
}

fn read_limited(reader: impl Read, path: &str) -> Result<Vec<u8>, FolderError> {
    let mut bytes = Vec::new();
    reader
        .take(MAXIMUM_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| FolderError::Refused {
            path: path.to_owned(),
            source,
        })?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAXIMUM_BYTES {
        Err(FolderError::TooLarge {
            path: path.to_owned(),
            bytes: length,
            limit: MAXIMUM_BYTES,
        })
    } else {
        Ok(bytes)
    }
}

/// Reads every file below a folder as evidence, sorted by path.
///
/// # Errors
///
/// The first obstacle; nothing is left out in silence.
pub fn read_folder(root: &str) -> Result<Vec<Evidence>, FolderError> {
    let root = PathBuf::from(root);
    let mut evidence = Vec::new();
    let mut total = 0;
    let mut open = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let too_many = || FolderError::TooMany {
            path: root.display().to_string(),
        };
        for entry in fs::read_dir(&folder).map_err(|source| FolderError::of(&folder, source))? {
            let path = entry
                .map_err(|source| FolderError::of(&folder, source))?
                .path();
            let metadata =
                fs::symlink_metadata(&path).map_err(|source| FolderError::of(&path, source))?;
            if metadata.is_symlink() {
                return Err(FolderError::Link {
                    path: path.display().to_string(),
                });
            }
            if metadata.is_dir() {
                if depth >= MAXIMUM_DEPTH {
                    return Err(too_many());
                }
                open.push((path, depth + 1));
                continue;
            }
            total += metadata.len();
            if evidence.len() >= MAXIMUM_FILES || total > MAXIMUM_TOTAL_BYTES {
                return Err(too_many());
            }
            let inside = path.strip_prefix(&root).ok().and_then(Path::to_str);
            let (Some(inside), Some(on_disk), true) = (inside, path.to_str(), metadata.is_file())
            else {
                return Err(FolderError::Irregular {
                    path: path.display().to_string(),
                });
            };
            let name = inside.replace(std::path::MAIN_SEPARATOR, "/");
            evidence.push(Evidence::new(name, read_file(on_disk)?));
        }
    }
    evidence.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(evidence)
}

/// Makes a folder with those above it; one that is there already is left alone.
///
/// # Errors
///
/// When the system refuses.
pub fn make_folder(path: &Path) -> Result<(), FolderError> {
    fs::create_dir_all(path).map_err(|source| FolderError::of(path, source))
}

/// Writes a file so that it is there whole or not at all: to a temporary name beside it, then renamed.
///
/// # Errors
///
/// When the system refuses.
pub fn write_file(path: &str, bytes: &[u8]) -> Result<(), FolderError> {
    let target = Path::new(path);
    let mut temporary = target.as_os_str().to_owned();
    temporary.push(".partial");
    let temporary = PathBuf::from(temporary);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, target));
    if written.is_err() {
        // The first error is the one to tell; a leftover that cannot be removed changes nothing.
        drop(fs::remove_file(&temporary));
    }
    written.map_err(|source| FolderError::of(target, source))
}
