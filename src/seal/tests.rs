use super::*;

#[test]
fn an_envelope_opens_with_its_key_and_no_other() {
    let (mine, other) = (Key::fresh(), Key::fresh());
    let envelope = seal(&[&mine.recipient()], b"78500000").unwrap();
    assert_eq!(open(&[&other, &mine], &envelope).unwrap(), b"78500000");
    assert_eq!(open(&[&other], &envelope).unwrap_err().code, "seal-closed");
    for place in [0, envelope.len() / 2, envelope.len() - 1] {
        let mut altered = envelope.clone();
        altered[place] ^= 1;
        assert_eq!(open(&[&mine], &altered).unwrap_err().code, "seal-closed");
    }
    assert!(open(&[&mine], &envelope[..envelope.len() - 1]).is_err());
    assert!(!format!("{mine:?}").contains("AGE"));
}

#[test]
fn any_threshold_of_shares_gives_the_key_and_fewer_do_not() {
    let key = Key::fresh();
    for (threshold, count) in [(1, 1), (2, 3), (3, 5), (5, 5)] {
        let shares = split(&key, threshold, count);
        assert_eq!(shares.len(), count);
        for first in 0..count {
            let mut some: Vec<_> = (0..usize::from(threshold))
                .map(|step| shares[(first + step) % count].clone())
                .collect();
            let whole = combine(&some, threshold, &key.recipient()).unwrap();
            assert_eq!(whole.secret(), key.secret());
            let byte = some[0].last_mut().unwrap();
            *byte ^= 1;
            assert!(combine(&some, threshold, &key.recipient()).is_err());
            some.pop();
            assert!(combine(&some, threshold, &key.recipient()).is_err());
            // Nor where somebody claims that fewer were needed.
            if threshold > 1 {
                assert!(combine(&some, threshold - 1, &key.recipient()).is_err());
            }
        }
    }
}

#[test]
fn a_share_below_the_threshold_is_spread_evenly() {
    // The secret is the same each time: a share that told something of it would favour some bytes.
    let key = Key::fresh();
    let mut counts = [0_u32; 256];
    for _ in 0..512 {
        for byte in &split(&key, 2, 1)[0][1..] {
            counts[usize::from(*byte)] += 1;
        }
    }
    // 512 × 74 bytes over 256 values: 148 each, standard deviation 12.
    assert!(
        counts.iter().all(|count| (75..225).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn keys_are_read_and_told_apart() {
    let key = Key::fresh();
    let file = format!("# public key: {}\n{}\n", key.recipient(), key.secret());
    assert_eq!(Key::read(&file).unwrap().recipient(), key.recipient());
    assert_eq!(
        read_recipient(&(key.recipient() + "\n")).unwrap(),
        key.recipient()
    );
    for (text, what) in [
        (file.as_str(), "secret"),
        ("age1qqqq", "no public key"),
        ("", "no public key"),
    ] {
        let fault = read_recipient(text).unwrap_err();
        assert!(fault.message.contains(what), "{fault}");
        assert!(!fault.to_string().contains(&key.secret()));
    }
    assert!(Key::read("AGE-SECRET-KEY-1XYZ").is_err());
    assert!(Key::read(&(file.clone() + &Key::fresh().secret())).is_err());
}

#[test]
fn lengths_tell_no_more_than_their_step() {
    for (length, padded) in [(0, 4096), (1, 4096), (4096, 4096), (4097, 8192)] {
        assert_eq!(pad(vec![b'x'; length], 4096).len(), padded, "{length}");
    }
    let small = pack(&[("bid.toml", b"a")], 65_536).unwrap();
    let larger = pack(&[("bid.toml", &[b'a'; 9000]), ("p/q.txt", b"x")], 65_536).unwrap();
    assert_eq!(small.len(), larger.len());
    let files = unpack(&larger).unwrap();
    assert_eq!(files[1], ("p/q.txt".to_owned(), b"x".to_vec()));
    assert!(unpack(b"not an archive").is_err());
    assert!(pack(&[("../x", b"a")], 1).is_err());
    assert_ne!(salt(), salt());
}
