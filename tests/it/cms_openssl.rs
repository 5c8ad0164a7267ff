//! CMS signatures and timestamps that OpenSSL makes, so that what verifies is the format and not a mistake made
//! twice.
//!
//! Where `openssl` is missing the tests say so and pass; with `CI=true` in the environment they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::certificates::{Draft, Issued};
use crate::cms::{ARTIFACT, Asked, root};
use crate::cms_messages::{MessageDraft, SIGNING_TIME, SignerDraft};
use crate::corpus::say;

/// A folder of its own, removed at the end.
struct Bench(PathBuf);

impl Bench {
    /// `None` where there is no `openssl`.
    fn new(name: &str) -> Option<Self> {
        let has_openssl = Command::new("openssl")
            .arg("version")
            .output()
            .is_ok_and(|output| output.status.success());
        if !has_openssl {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "openssl is missing"
            );
            say("openssl is missing: its CMS signatures were left out");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("mekiki-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made");
        Some(Self(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("a file can be written");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("openssl has written it")
    }

    fn run(&self, line: &str) {
        let output = Command::new("openssl")
            .args(line.split_whitespace())
            .current_dir(&self.0)
            .output()
            .expect("openssl runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {line}: {said}");
    }

    /// A self-signed authority and certificates of its own for `name`, with these extensions.
    fn certify(&self, name: &str, key: &str, extensions: &str) {
        self.certify_by("ca", name, key, extensions);
    }

    /// The same by another authority than the first.
    fn certify_by(&self, by: &str, name: &str, key: &str, extensions: &str) {
        self.write(&format!("{name}.ext"), extensions.as_bytes());
        self.run(&format!(
            "req -newkey {key} -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"
        ));
        self.run(&format!(
            "x509 -req -in {name}.csr -CA {by}.pem -CAkey {by}.key -CAcreateserial -out {name}.pem -days 30 -extfile {name}.ext"
        ));
    }

    fn authority(&self) {
        self.run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout ca.key -out ca.pem -days 30 \
             -subj /CN=ca -addext keyUsage=critical,keyCertSign,cRLSign",
        );
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(Path::new(&self.0));
    }
}

const SIGNER: &str = "keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n\
    subjectAltName=email:release@signers.test\n";

fn clock() -> mekiki::time::Timestamp {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("after 1970");
    let seconds = i64::try_from(since_1970.as_secs()).expect("before the end of time");
    mekiki::time::Timestamp::from_second(seconds).expect("in the calendar")
}

#[test]
fn what_openssl_signs_verifies_and_what_it_signs_weakly_does_not() {
    let Some(bench) = Bench::new("cms") else {
        return;
    };
    bench.authority();
    bench.certify("rsa", "rsa:2048", SIGNER);
    bench.certify("ec", "ec -pkeyopt ec_paramgen_curve:P-256", SIGNER);
    bench.certify("weak", "rsa:1024", SIGNER);
    bench.certify("server", "rsa:2048", "extendedKeyUsage=serverAuth\n");
    let between = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n";
    bench.certify("middle", "rsa:3072", between);
    bench.certify_by("middle", "deep", "rsa:2048", SIGNER);
    bench.write("a.bin", ARTIFACT);
    let ca = bench.read("ca.pem");
    let pss = "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest";
    let long = "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:max";
    let some = "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:48";
    for (case, options, expected) in [
        (
            "RSA",
            "-signer rsa.pem -inkey rsa.key -md sha256",
            "verified",
        ),
        (
            "without attributes",
            "-signer rsa.pem -inkey rsa.key -md sha384 -noattr",
            "verified",
        ),
        (
            "CAdES",
            "-signer rsa.pem -inkey rsa.key -md sha512 -cades",
            "verified",
        ),
        (
            "by key identifier",
            "-signer ec.pem -inkey ec.key -md sha256 -keyid",
            "verified",
        ),
        (
            "PSS",
            &format!("-signer rsa.pem -inkey rsa.key -md sha256 {pss}"),
            "verified",
        ),
        (
            "PSS with the longest salt",
            &format!("-signer rsa.pem -inkey rsa.key -md sha256 {long}"),
            "verified",
        ),
        (
            "PSS with the longest salt and without attributes",
            &format!("-signer rsa.pem -inkey rsa.key -md sha512 -noattr {long}"),
            "verified",
        ),
        (
            "PSS with a salt of some other length",
            &format!("-signer rsa.pem -inkey rsa.key -md sha256 {some}"),
            "algorithm",
        ),
        (
            "P-256 with SHA-384",
            "-signer ec.pem -inkey ec.key -md sha384",
            "verified",
        ),
        (
            "CAdES by key identifier in pieces",
            "-signer ec.pem -inkey ec.key -md sha384 -cades -keyid -nodetach -stream",
            "verified",
        ),
        (
            "through authorities in between",
            "-signer deep.pem -inkey deep.key -md sha256 -certfile middle.pem",
            "verified",
        ),
        (
            "with an authority in between left out",
            "-signer deep.pem -inkey deep.key -md sha256",
            "certificate-chain",
        ),
        (
            "in pieces",
            "-signer ec.pem -inkey ec.key -md sha256 -nodetach -stream",
            "verified",
        ),
        (
            "two signers",
            "-signer rsa.pem -inkey rsa.key -signer ec.pem -inkey ec.key -md sha256",
            "verified",
        ),
        (
            "SHA-1",
            "-signer rsa.pem -inkey rsa.key -md sha1",
            "algorithm",
        ),
        ("MD5", "-signer rsa.pem -inkey rsa.key -md md5", "algorithm"),
        (
            "1,024 bits",
            "-signer weak.pem -inkey weak.key -md sha256",
            "algorithm",
        ),
        (
            "a server",
            "-signer server.pem -inkey server.key -md sha256",
            "certificate-usage",
        ),
        (
            "no certificate",
            "-signer rsa.pem -inkey rsa.key -md sha256 -nocerts",
            "certificate-chain",
        ),
    ] {
        bench.run(&format!(
            "cms -sign -binary -in a.bin -outform DER -out a.p7s {options}"
        ));
        let message = bench.read("a.p7s");
        let anchor = root();
        let asked = Asked {
            anchors: vec![&ca],
            at: clock(),
            ..Asked::of(&message, &anchor)
        };
        assert_eq!(asked.outcome(), expected, "{case}");
        let other = Asked {
            artifact: b"another",
            ..asked
        };
        assert_ne!(other.outcome(), "verified", "{case}");
    }
}

#[test]
fn a_timestamp_of_openssl_holds() {
    let Some(bench) = Bench::new("tsa") else {
        return;
    };
    bench.authority();
    bench.certify(
        "tsa",
        "rsa:2048",
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n",
    );
    bench.write("serial", b"01\n");
    bench.write(
        "tsa.cnf",
        b"[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n\
          certs = ca.pem\ndefault_policy = 1.2.3.4\ndigests = sha256,sha512\naccuracy = secs:1\n\
          signer_digest = sha256\ness_cert_id_chain = no\nordering = yes\ntsa_name = yes\n",
    );
    let ca = bench.read("ca.pem");
    let signers: Issued = root();

    let signer = Draft::signer("CN=signer").by(&signers);
    for (case, ess, expected) in [
        ("named by SHA-1", "sha1", "verified"),
        ("named by SHA-256", "sha256", "verified"),
    ] {
        let token = |signature: &[u8]| {
            bench.write("signature", signature);
            bench.write("ess", ess.as_bytes());
            let config = String::from_utf8(bench.read("tsa.cnf")).expect("it is text");
            bench.write(
                "now.cnf",
                format!("{config}ess_cert_id_alg = {ess}\n").as_bytes(),
            );
            bench.run("ts -query -data signature -sha256 -cert -out query");
            bench.run("ts -reply -config now.cnf -queryfile query -token_out -out token");
            bench.read("token")
        };
        let draft = SignerDraft::of(&signer, ARTIFACT)
            .with(
                SIGNING_TIME,
                &[&crate::certificates::generalized("2026-01-01T00:00:00Z")],
            )
            .stamped(token);
        let message = MessageDraft::of(vec![draft]).build();
        let asked = Asked {
            anchors: vec![&ca, &signers.der],
            at: clock(),
            ..Asked::of(&message, &signers)
        };
        assert_eq!(asked.outcome(), expected, "{case}");
        assert!(asked.verify().is_timestamped());
        let without = Asked {
            anchors: vec![&signers.der],
            ..asked
        };
        assert_eq!(without.outcome(), "timestamp", "{case}");
    }
}
