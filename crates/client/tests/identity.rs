//! The member's key on the disk. Invariants: one folder holds one identity however many ask for it at once;
//! a key that others may read is refused.

use std::fs;
use std::thread;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

use papo_client::identity::{Identity, IdentityError};
use papo_client::profile::Profile;
use papo_proto::MemberId;

#[test]
fn an_identity_is_made_once_and_signs() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(Some(folder.path().join("deep").join("profile"))).unwrap();
    let made = profile.identity().unwrap();
    let loaded = profile.identity().unwrap();
    assert_eq!(made.public_key(), loaded.public_key());
    assert_eq!(made.member_id(), MemberId::of_key(&made.public_key()));
    let key = UnparsedPublicKey::new(&ED25519, made.public_key().0);
    assert!(key.verify(b"oi", &loaded.sign(b"oi").0).is_ok());
    assert!(key.verify(b"tchau", &loaded.sign(b"oi").0).is_err());
    assert!(!format!("{made:?}").contains("pair"), "the private half is not shown");
    let names: Vec<_> = fs::read_dir(profile.folder()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["identity.key"], "nothing is left over");
}

#[test]
fn whoever_comes_first_makes_the_identity_for_all() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let load = || Identity::load_or_make(folder.path()).unwrap().public_key();
        let mut keys = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        keys.dedup();
        assert_eq!(keys, [load()]);
    }
}

#[test]
fn a_damaged_key_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    Identity::load_or_make(folder.path()).unwrap();
    let path = folder.path().join("identity.key");
    let pem = fs::read_to_string(&path).unwrap();
    for damaged in [String::new(), pem[..pem.len() / 2].to_owned(), pem.replace('M', "A")] {
        fs::write(&path, &damaged).unwrap();
        let error = Identity::load_or_make(folder.path()).unwrap_err();
        assert!(matches!(error, IdentityError::Damaged { .. }), "{error:?}");
        assert!(error.to_string().contains("Put back a copy"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
    }
}

#[test]
fn a_folder_that_cannot_be_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let text = Profile::open(Some(file.join("profile"))).unwrap_err().to_string();
    assert!(text.contains("cannot be made") && text.contains("--profile"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(Some(folder.path().join("profile"))).unwrap();
    profile.identity().unwrap();
    let path = profile.folder().join("identity.key");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(profile.folder()), mode(&path)), (0o700, 0o600));
    for exposed in [0o644, 0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(exposed)).unwrap();
        let error = profile.identity().unwrap_err();
        assert!(matches!(error, IdentityError::Exposed { mode, .. } if mode == exposed), "{error:?}");
        assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(profile.identity().is_ok());
}
