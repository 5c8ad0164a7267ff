//! Signatures in image layouts: what is attached to an image verifies, and every single fault is refused.

mod attested;

use std::cell::RefCell;
use std::fs;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mekiki::app::Refused;
use mekiki::app::oci::{ImageVerification, verify_image};
use mekiki::app::signature::SignatureRequest;
use mekiki::digest::Digest;
use mekiki::evidence::signature::{Artifact, Expected, Material};
use serde_json::{Value, json};

use crate::asked::{material, now};
use crate::binary::{Scratch, mekiki};
use crate::tuf_maker::Signer;

const IMAGE: &str = r#"{"schemaVersion":2,"config":{},"layers":[]}"#;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const SIMPLE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const REF: &str = "org.opencontainers.image.ref.name";
const ISSUER: &str = "https://accounts.authority.test";

/// A layout in the making.
struct House {
    scratch: Scratch,
    image: Digest,
    index: RefCell<Vec<Value>>,
}

impl House {
    fn new() -> Self {
        let scratch = Scratch::new();
        scratch.write("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
        let house = Self {
            image: Digest::of(IMAGE.as_bytes()),
            index: RefCell::default(),
            scratch,
        };
        let image = house.blob(MANIFEST, IMAGE.as_bytes());
        house.list(image);
        house
    }

    /// Puts a blob there and gives its descriptor.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes);
        self.scratch.write(&format!("blobs/sha256/{digest}"), bytes);
        json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len() })
    }

    fn list(&self, descriptor: Value) {
        self.index.borrow_mut().push(descriptor);
        let index =
            json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": *self.index.borrow() });
        self.scratch.write("index.json", index.to_string());
    }

    /// Changes the descriptor that was listed last.
    fn relist(&self, change: impl FnOnce(&mut Value)) {
        let mut last = self.index.borrow_mut().pop().unwrap();
        change(&mut last);
        self.list(last);
    }

    fn manifest(&self, layers: &[Value], subject: Option<&Value>) -> Value {
        let mut manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "layers": layers,
            "config": { "mediaType": "application/vnd.oci.empty.v1+json", "size": 2,
                "digest": format!("sha256:{}", Digest::of(b"{}")) },
        });
        if let Some(subject) = subject {
            manifest["subject"] = subject.clone();
        }
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    fn subject(&self) -> Value {
        json!({ "mediaType": MANIFEST, "digest": format!("sha256:{}", self.image), "size": IMAGE.len() })
    }

    /// Attaches layers as cosign does, under the image's tag with a suffix.
    fn tag(&self, suffix: &str, layers: &[Value]) {
        let mut descriptor = self.manifest(layers, None);
        descriptor["annotations"] = json!({ REF: format!("sha256-{}{suffix}", self.image) });
        self.list(descriptor);
    }

    fn payload(&self) -> Value {
        json!({
            "critical": {
                "identity": { "docker-reference": "registry.example/image" },
                "image": { "docker-manifest-digest": format!("sha256:{}", self.image) },
                "type": "cosign container image signature",
            },
            "optional": null,
        })
    }

    /// A layer of simple signing over `payload`.
    fn signed(&self, payload: &[u8], signer: &Signer) -> Value {
        let mut layer = self.blob(SIMPLE, payload);
        let signature = BASE64_STANDARD.encode(signer.sign(payload));
        layer["annotations"] = json!({ SIGNATURE: signature });
        layer
    }

    /// A layout in which `signer` has signed the image.
    fn of(signer: &Signer) -> Self {
        let house = Self::new();
        let layer = house.signed(house.payload().to_string().as_bytes(), signer);
        house.tag(".sig", &[layer]);
        house
    }

    fn verify(&self, signers: &[&Signer], threshold: usize) -> Result<ImageVerification, Refused> {
        let keys: Vec<_> = signers
            .iter()
            .map(|signer| signer.key["keyval"]["public"].as_str().unwrap())
            .collect();
        verify_image(
            &self.scratch.root(),
            &self.image,
            &SignatureRequest {
                keys: keys
                    .iter()
                    .map(|key| material("key", key.as_bytes()))
                    .collect::<Vec<Material<'_>>>(),
                threshold,
                ..SignatureRequest::new(Artifact::default(), now())
            },
        )
    }

    fn verify_identity(
        &self,
        identity: &str,
        trusted_root: &str,
    ) -> Result<ImageVerification, Refused> {
        verify_image(
            &self.scratch.root(),
            &self.image,
            &SignatureRequest {
                trusted_root: Some(material("root", trusted_root.as_bytes())),
                identity: Some(Expected::Exact(identity.to_owned())),
                issuer: Some(Expected::Exact(ISSUER.to_owned())),
                ..SignatureRequest::new(Artifact::default(), now())
            },
        )
    }
}

/// `verified`, the check that failed, or the code of the error.
fn outcome(judged: Result<ImageVerification, Refused>) -> String {
    match judged {
        Ok(judged) if judged.verification.verified => "verified".to_owned(),
        Ok(judged) => {
            let refusal = judged
                .verification
                .refusal()
                .expect("a refusal has a check");
            assert_eq!(
                judged.verification.signer,
                Default::default(),
                "nothing is proven"
            );
            refusal.name.word().to_owned()
        }
        Err(refused) => refused.0[0].code.to_owned(),
    }
}

#[test]
fn a_signature_of_cosign_is_found_and_verifies() {
    let (signer, other) = (Signer::ecdsa(), Signer::ecdsa());
    let house = House::of(&signer);
    let judged = house.verify(&[&signer], 1).unwrap();
    assert!(judged.verification.verified);
    assert_eq!(
        judged.verification.artifact,
        [format!("sha256:{}", house.image)]
    );
    assert_eq!(judged.layers.len(), 1);
    assert_eq!(
        judged.layers[0].attached.found_by,
        format!("sha256-{}.sig", house.image)
    );
    // One of several expected signers is enough where one is asked for.
    assert_eq!(outcome(house.verify(&[&other, &signer], 1)), "verified");
    assert_eq!(outcome(house.verify(&[&other], 1)), "signature");
    assert_eq!(outcome(house.verify(&[], 1)), "signer-missing");
}

#[test]
fn signatures_are_found_in_every_place_that_is_agreed() {
    let signer = Signer::ecdsa();
    let layer = |house: &House| house.signed(house.payload().to_string().as_bytes(), &signer);
    // Under a whole reference.
    let house = House::of(&signer);
    house.relist(|one| {
        let tag = format!(
            "registry.example/image:sha256-{}.sig",
            Digest::of(IMAGE.as_bytes())
        );
        one["annotations"][REF] = json!(tag);
    });
    assert_eq!(outcome(house.verify(&[&signer], 1)), "verified");
    // As a referrer.
    let house = House::new();
    let manifest = house.manifest(&[layer(&house)], Some(&house.subject()));
    house.list(manifest.clone());
    assert_eq!(outcome(house.verify(&[&signer], 1)), "verified");
    // In the list of referrers of a registry that has none.
    let house = House::new();
    let manifest = house.manifest(&[layer(&house)], Some(&house.subject()));
    let referrers = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest] });
    let mut descriptor = house.blob(INDEX, referrers.to_string().as_bytes());
    descriptor["annotations"] = json!({ REF: format!("sha256-{}", house.image) });
    house.list(descriptor);
    assert_eq!(outcome(house.verify(&[&signer], 1)), "verified");
    // As `cosign save` marks what belongs to the one image that it writes.
    let saved = |images: usize| {
        let house = House::new();
        house
            .relist(|one| one["annotations"] = json!({ "kind": "dev.cosignproject.cosign/image" }));
        for number in 1..images {
            let other = format!("{IMAGE}{}", " ".repeat(number));
            let mut other = house.blob(MANIFEST, other.as_bytes());
            other["annotations"] = json!({ "kind": "dev.cosignproject.cosign/image" });
            house.list(other);
        }
        let mut manifest = house.manifest(&[layer(&house)], None);
        manifest["annotations"] = json!({ "kind": "dev.cosignproject.cosign/sigs" });
        house.list(manifest);
        outcome(house.verify(&[&signer], 1))
    };
    assert_eq!(saved(1), "verified");
    assert_eq!(
        saved(2),
        "oci-signature-missing",
        "of which image is not said"
    );
}

#[test]
fn what_is_not_attached_to_the_image_does_not_count() {
    let signer = Signer::ecdsa();
    assert_eq!(
        outcome(House::new().verify(&[&signer], 1)),
        "oci-signature-missing"
    );
    // A referrer of another image.
    let house = House::new();
    let layer = house.signed(house.payload().to_string().as_bytes(), &signer);
    let mut subject = house.subject();
    subject["digest"] = json!(format!("sha256:{}", Digest::of(b"other")));
    let manifest = house.manifest(&[layer], Some(&subject));
    house.list(manifest);
    assert_eq!(
        outcome(house.verify(&[&signer], 1)),
        "oci-signature-missing"
    );
    // The tag of another image.
    let house = House::of(&signer);
    house.relist(|one| {
        one["annotations"][REF] = json!(format!("sha256-{}.sig", Digest::of(b"other")))
    });
    assert_eq!(
        outcome(house.verify(&[&signer], 1)),
        "oci-signature-missing"
    );
    // Another layer than a signature.
    let house = House::new();
    let layer = house.blob("application/vnd.oci.image.layer.v1.tar", b"files");
    house.tag(".sig", &[layer]);
    assert_eq!(
        outcome(house.verify(&[&signer], 1)),
        "oci-signature-missing"
    );
}

#[test]
fn a_payload_is_about_this_image() {
    let signer = Signer::ecdsa();
    let with = |payload: &str| {
        let house = House::new();
        let layer = house.signed(payload.as_bytes(), &signer);
        house.tag(".sig", &[layer]);
        outcome(house.verify(&[&signer], 1))
    };
    let sound = House::new().payload();
    assert_eq!(with(&sound.to_string()), "verified");
    let changed = |pointer: &str, value: Value| {
        let mut payload = sound.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        with(&payload.to_string())
    };
    let digest = "/critical/image/docker-manifest-digest";
    let hex = Digest::of(IMAGE.as_bytes()).hex();
    assert_eq!(
        changed(digest, json!(format!("sha256:{}", Digest::of(b"other")))),
        "artifact"
    );
    assert_eq!(changed(digest, json!(format!("sha512:{hex}"))), "artifact");
    assert_eq!(changed(digest, json!(hex)), "artifact");
    assert_eq!(changed(digest, json!(null)), "artifact");
    assert_eq!(
        changed("/critical/type", json!("atomic container signature")),
        "content-type"
    );
    assert_eq!(changed("/critical/type", json!(null)), "content-type");
    let repeated =
        sound
            .to_string()
            .replacen("{\"critical\":", "{\"critical\":{},\"critical\":", 1);
    assert_eq!(with(&repeated), "content-type");
    assert_eq!(with("no JSON"), "content-type");
}

#[test]
fn a_signer_counts_once() {
    let (one, two) = (Signer::ecdsa(), Signer::ecdsa());
    let house = House::new();
    let payload = house.payload().to_string();
    let layers = [
        house.signed(payload.as_bytes(), &one),
        house.signed(format!("{payload} ").as_bytes(), &one),
    ];
    house.tag(".sig", &layers);
    assert_eq!(house.verify(&[&one, &two], 1).unwrap().layers.len(), 2);
    assert_eq!(outcome(house.verify(&[&one, &two], 2)), "threshold");
    let layer = house.signed(payload.as_bytes(), &two);
    let manifest = house.manifest(&[layer], Some(&house.subject()));
    house.list(manifest);
    let judged = house.verify(&[&one, &two], 2).unwrap();
    assert!(judged.verification.verified);
    assert_eq!(judged.verification.cosigners.len(), 1);
    assert_eq!(outcome(house.verify(&[&one, &two], 3)), "threshold");
}

#[test]
fn a_blob_is_what_its_descriptor_says() {
    let signer = Signer::ecdsa();
    let house = House::of(&signer);
    let blobs: Vec<_> = fs::read_dir(house.scratch.path("blobs/sha256"))
        .unwrap()
        .map(|entry| {
            format!(
                "blobs/sha256/{}",
                entry.unwrap().file_name().into_string().unwrap()
            )
        })
        .collect();
    // The image, the manifest and the payload.
    assert_eq!(blobs.len(), 3);
    for blob in &blobs {
        let path = house.scratch.path(blob);
        let sound = fs::read(&path).unwrap();
        let mut flipped = sound.clone();
        flipped[sound.len() / 2] ^= 1;
        for (case, bytes) in [
            ("flipped", flipped),
            ("longer", [&sound[..], b" "].concat()),
            ("empty", Vec::new()),
        ] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(
                outcome(house.verify(&[&signer], 1)),
                "image-blob-altered",
                "{case} {blob}"
            );
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(
            outcome(house.verify(&[&signer], 1)),
            "image-blob-missing",
            "{blob}"
        );
        fs::create_dir(&path).unwrap();
        assert_eq!(
            outcome(house.verify(&[&signer], 1)),
            "file-irregular",
            "{blob}"
        );
        fs::remove_dir(&path).unwrap();
        fs::write(&path, sound).unwrap();
    }
    assert_eq!(outcome(house.verify(&[&signer], 1)), "verified");
    for (size, expected) in [
        (json!(1), "image-blob-altered"),
        (json!(5 << 20), "oci-too-many"),
        (json!(-1), "oci-layout-malformed"),
        (json!("9"), "oci-layout-malformed"),
    ] {
        let house = House::of(&signer);
        house.relist(|one| one["size"] = size.clone());
        assert_eq!(outcome(house.verify(&[&signer], 1)), expected, "{size}");
    }
}

#[test]
fn no_flipped_bit_is_overlooked_where_every_digest_fits_again() {
    let signer = Signer::ecdsa();
    let house = House::new();
    let payload = house.payload().to_string().into_bytes();
    let signature = BASE64_STANDARD.encode(signer.sign(&payload)).into_bytes();
    let judge = |payload: &[u8], signature: &str| {
        house.index.borrow_mut().truncate(1);
        let mut layer = house.blob(SIMPLE, payload);
        layer["annotations"] = json!({ SIGNATURE: signature });
        house.tag(".sig", &[layer]);
        outcome(house.verify(&[&signer], 1))
    };
    let text = str::from_utf8(&signature).unwrap();
    assert_eq!(judge(&payload, text), "verified");
    let flips = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        (0..bytes.len() * 8).map(move |bit| {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            (bit, flipped)
        })
    };
    for (bit, flipped) in flips(&payload) {
        assert_eq!(judge(&flipped, text), "signature", "payload, bit {bit}");
    }
    for (bit, flipped) in flips(&signature) {
        // What is no text cannot stand in an annotation.
        if let Ok(flipped) = str::from_utf8(&flipped) {
            assert_ne!(judge(&payload, flipped), "verified", "signature, bit {bit}");
        }
    }
}

#[test]
fn a_digest_leads_nowhere_else() {
    let signer = Signer::ecdsa();
    let hex = Digest::of(IMAGE.as_bytes()).hex();
    for digest in [
        "sha256:../../../../etc/passwd".to_owned(),
        format!("sha256:../sha256/{}", &hex[..54]),
        format!("sha512:{hex}{hex}"),
        format!("md5:{}", &hex[..32]),
        format!("sha256:{}", hex.to_uppercase()),
        format!("sha256:{}", &hex[..62]),
        format!("sha256:sha256:{hex}"),
        hex.clone(),
    ] {
        let house = House::of(&signer);
        house.relist(|one| one["digest"] = json!(digest));
        assert_eq!(
            outcome(house.verify(&[&signer], 1)),
            "oci-digest",
            "{digest}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let signer = Signer::ecdsa();
    let house = House::of(&signer);
    let elsewhere = Scratch::new();
    for inside in [
        "oci-layout",
        "index.json",
        "blobs",
        "blobs/sha256",
        &format!("blobs/sha256/{}", house.image),
    ] {
        let (path, moved) = (house.scratch.path(inside), elsewhere.path("moved"));
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        assert_eq!(
            outcome(house.verify(&[&signer], 1)),
            "file-link",
            "{inside}"
        );
        fs::remove_file(&path).unwrap();
        fs::rename(&moved, &path).unwrap();
    }
    assert_eq!(outcome(house.verify(&[&signer], 1)), "verified");
}

#[test]
fn a_layout_that_is_not_understood_is_refused() {
    let signer = Signer::ecdsa();
    let with = |file: &str, text: &str| {
        let house = House::of(&signer);
        house.scratch.write(file, text);
        outcome(house.verify(&[&signer], 1))
    };
    for (file, text, expected) in [
        (
            "oci-layout",
            r#"{"imageLayoutVersion":"2.0.0"}"#,
            "oci-layout-malformed",
        ),
        ("oci-layout", "{}", "oci-layout-malformed"),
        (
            "oci-layout",
            r#"{"imageLayoutVersion":"2.0.0","imageLayoutVersion":"1.0.0"}"#,
            "json-duplicate-member",
        ),
        (
            "index.json",
            r#"{"schemaVersion":1,"manifests":[]}"#,
            "oci-layout-malformed",
        ),
        (
            "index.json",
            r#"{"schemaVersion":2}"#,
            "oci-layout-malformed",
        ),
        (
            "index.json",
            r#"{"schemaVersion":2,"mediaType":"text/plain","manifests":[]}"#,
            "oci-layout-malformed",
        ),
        (
            "index.json",
            r#"{"schemaVersion":2,"manifests":[],"manifests":[]}"#,
            "json-duplicate-member",
        ),
        ("index.json", "", "json-truncated"),
    ] {
        assert_eq!(with(file, text), expected, "{file}: {text}");
    }
    let house = House::of(&signer);
    fs::remove_file(house.scratch.path("oci-layout")).unwrap();
    assert_eq!(outcome(house.verify(&[&signer], 1)), "oci-layout-malformed");

    // A payload whose signature is missing, or stands there in two ways.
    let house = House::new();
    let mut layer = house.signed(house.payload().to_string().as_bytes(), &signer);
    layer["annotations"]["dev.sigstore.cosign/signature"] = json!("AAAA");
    house.tag(".sig", &[layer.clone()]);
    assert_eq!(outcome(house.verify(&[&signer], 1)), "oci-layout-malformed");
    let house = House::new();
    house.signed(house.payload().to_string().as_bytes(), &signer);
    layer["annotations"] = json!({});
    house.tag(".sig", &[layer]);
    assert_eq!(outcome(house.verify(&[&signer], 1)), "oci-layout-malformed");

    let house = House::new();
    let many = vec![house.subject(); 1001];
    house.tag(".sig", &many);
    assert_eq!(outcome(house.verify(&[&signer], 1)), "oci-too-many");
}

#[test]
fn one_signature_that_cannot_be_judged_does_not_hide_another() {
    let signer = Signer::ecdsa();
    let house = House::of(&signer);
    let mut layer = house.blob(SIMPLE, b"{}");
    layer["annotations"] = json!({});
    let manifest = house.manifest(&[layer], Some(&house.subject()));
    house.list(manifest);
    let judged = house.verify(&[&signer], 1).unwrap();
    assert!(judged.verification.verified);
    let faults: Vec<_> = judged
        .layers
        .iter()
        .filter_map(|layer| layer.error.as_ref())
        .collect();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, "oci-layout-malformed");
}

#[test]
fn the_command_tells_each_signature() {
    let (signer, other) = (Signer::ecdsa(), Signer::ecdsa());
    let house = House::of(&signer);
    let layer = house.signed(format!("{} ", house.payload()).as_bytes(), &other);
    let manifest = house.manifest(&[layer], Some(&house.subject()));
    house.list(manifest);
    let keys = Scratch::new();
    let key = keys.write("key.pub", signer.key["keyval"]["public"].as_str().unwrap());
    let (layout, image) = (house.scratch.root(), format!("sha256:{}", house.image));
    let run = |image: &str, more: &[&str]| {
        let arguments = [
            "signature",
            "verify",
            "--oci-layout",
            &layout,
            image,
            "--format",
            "json",
        ];
        mekiki(&[&arguments[..], more].concat())
    };
    let verified = run(&image, &["--key", &key]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let json = verified.json();
    assert_eq!(json["schema"], "mekiki/signature-verify/v1");
    assert_eq!(json["layers"][0]["verification"]["verified"], true);
    assert_eq!(json["layers"][1]["verification"]["verified"], false);
    let too_few = run(&image, &["--key", &key, "--threshold", "2"]);
    assert_eq!(too_few.code, 1);
    assert_eq!(too_few.json()["refusal"]["check"], "threshold");
    let missing = run(
        &format!("sha256:{}", Digest::of(b"other")),
        &["--key", &key],
    );
    assert_eq!(missing.code, 3);
    assert_eq!(missing.error()["error"]["code"], "oci-signature-missing");
    assert_eq!(
        run("image.tar", &["--key", &key]).error()["error"]["code"],
        "digest-malformed"
    );
    assert_eq!(run(&image, &["--key", &key, "--bundle", &key]).code, 2);
    for lang in ["en", "ja"] {
        let arguments = [
            "signature",
            "verify",
            "--oci-layout",
            &layout,
            &image,
            "--key",
            &key,
            "--lang",
            lang,
        ];
        let text = mekiki(&arguments).stdout;
        assert!(
            text.contains("referrer") && text.contains('✗') && text.contains('✓'),
            "{text}"
        );
    }
}
