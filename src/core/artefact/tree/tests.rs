use crate::artefact::fixture::*;
use crate::artefact::{plan, put_each};
use crate::folder::turn::{Turn, Use};

fn folder(name: &str, path: &str) -> Function {
    Function {
        artefact: Artefact::Folder(path.into()),
        ..function(name, "")
    }
}

/// Bakes where each artefact lies.
fn put_in_place(service: &Service, functions: &[Function]) -> Result<Vec<Carried>, Failure> {
    let bundle = read(BUNDLE);
    let place = Destination::InPlace;
    put(functions, &bundle, service.dir(), place, &of_the_plugin())
}

fn put_copies(service: &Service, functions: &[Function]) -> Result<Vec<Carried>, Failure> {
    let (bundle, out) = (read(BUNDLE), service.dir().join("out"));
    let place = Destination::Copies(&out);
    put(functions, &bundle, service.dir(), place, &of_the_plugin())
}

#[test]
fn a_folder_gets_the_bundle_at_its_root_and_nothing_a_second_time() {
    let service = Service::new();
    service.write("build/handler.js", b"code");
    let functions = [folder("f", "build")];
    let carried = put_in_place(&service, &functions).unwrap();
    assert_eq!(
        (carried[0].found, carried[0].changed),
        (Found::Missing, true)
    );
    assert_eq!(service.names("build"), ["handler.js", bundle::FILE]);
    let written = fs::read(service.dir().join("build").join(bundle::FILE)).unwrap();
    assert_eq!(written, BUNDLE);
    service.check(&functions).unwrap();
    let again = put_in_place(&service, &functions).unwrap();
    assert_eq!((again[0].found, again[0].changed), (Found::Right, false));
}

#[test]
fn strays_and_half_written_files_go_and_are_told_and_fail_the_last_look() {
    let service = Service::new();
    service.write("build/secret-baker-secrets.json", BUNDLE);
    service.write("build/old/secret-baker-secrets.json", ONLY_B);
    service.write("build/own/secret-baker-secrets.json", b"[]");
    service.write("build/.secret-baker-secrets.json.x1.tmp", ONLY_B);
    let functions = [folder("f", "build")];
    let said = service.check(&functions).unwrap_err().to_string();
    assert!(said.contains("there are more at"), "{said}");
    let carried = put_in_place(&service, &functions).unwrap();
    assert_eq!(
        carried[0].strays,
        [
            ".secret-baker-secrets.json.x1.tmp",
            "old/secret-baker-secrets.json"
        ]
    );
    assert_eq!(service.names("build"), ["old", "own", bundle::FILE]);
    assert!(service.names("build/old").is_empty());
    service.check(&functions).unwrap();
}

#[test]
fn a_file_of_the_users_own_in_its_place_is_refused_and_kept() {
    let service = Service::new();
    let own = service.write("build/secret-baker-secrets.json", b"[1]");
    let failure = put_in_place(&service, &[folder("f", "build")]).unwrap_err();
    assert!(failure.to_string().contains("is no bundle"), "{failure}");
    assert_eq!(fs::read(own).unwrap(), b"[1]");
}

#[test]
fn an_artefact_within_a_folder_is_refused() {
    let service = Service::new();
    service.write("build/f.zip", &archive(CODE));
    let functions = [folder("outer", "build"), function("inner", "build/f.zip")];
    let failure = put_in_place(&service, &functions).unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
    assert!(failure.to_string().contains("which is an artefact itself"));
}

#[test]
fn a_copy_has_all_but_the_strays_and_replaces_an_earlier_one() {
    let service = Service::new();
    service.write("build/lib/a.js", b"a");
    service.write("build/lib/secret-baker-secrets.json", ONLY_B);
    let functions = [folder("f", "build")];
    for _ in 0..2 {
        let carried = put_copies(&service, &functions).unwrap();
        assert_eq!(carried[0].path, service.dir().join("out/build"));
        assert_eq!(service.names("out"), ["build"]);
        assert_eq!(service.names("out/build"), ["lib", bundle::FILE]);
        assert_eq!(service.names("out/build/lib"), ["a.js"]);
    }
    assert_eq!(service.names("build"), ["lib"]);
    assert_eq!(service.names("build/lib").len(), 2);
}

#[test]
fn a_copy_replaces_no_folder_of_the_users_own() {
    let service = Service::new();
    service.write("build/a.js", b"a");
    service.write("out/build/mine", b"mine");
    let failure = put_copies(&service, &[folder("f", "build")]).unwrap_err();
    assert!(failure.to_string().contains("is no bundle"), "{failure}");
    assert_eq!(service.names("out/build"), ["mine"]);
}

#[test]
fn copies_of_one_name_or_in_place_of_an_artefact_are_refused() {
    let service = Service::new();
    for zip in ["a/f.zip", "b/f.zip", "out/g.zip"] {
        service.write(zip, &archive(CODE));
    }
    let functions = ["a/f.zip", "b/f.zip", "out/g.zip"].map(|zip| function(zip, zip));
    let said = put_copies(&service, &functions).unwrap_err().to_string();
    assert!(said.contains("and so would that of"), "{said}");
    assert!(said.contains("where an artefact itself lies"), "{said}");
    assert_eq!(service.names("out"), ["g.zip"]);
}

#[test]
fn a_zip_that_is_right_is_copied_too_where_copies_are_wanted() {
    let service = Service::new();
    service.write("f.zip", &archive(&[(bundle::FILE, BUNDLE)]));
    let carried = put_copies(&service, &[function("f", "f.zip")]).unwrap();
    assert!(!carried[0].changed);
    let copied = unpacked(&service.dir().join("out/f.zip"));
    assert_eq!(copied, with_bundle(&[]));
}

#[test]
fn a_plan_changes_nothing_and_tells_what_would() {
    let service = Service::new();
    service.write("build/handler.js", b"code");
    let functions = [folder("f", "build")];
    let (bundle, place) = (read(BUNDLE), Destination::InPlace);
    let planned = plan(&functions, &bundle, service.dir(), place, &of_the_plugin()).unwrap();
    assert!(planned[0].changed);
    assert_eq!(service.names("build"), ["handler.js"]);
}

#[test]
fn what_one_has_failed_of_leaves_the_others_told() {
    let service = Service::new();
    service.write("good/handler.js", b"code");
    fs::create_dir_all(service.dir().join("bad").join(bundle::FILE)).unwrap();
    let functions = [folder("good", "good"), folder("bad", "bad")];
    let (bundle, place) = (read(BUNDLE), Destination::InPlace);
    let results = put_each(&functions, &bundle, service.dir(), place, &of_the_plugin()).unwrap();
    assert!(results[0].is_ok());
    let said = results[1].as_ref().unwrap_err().to_string();
    assert!(
        said.contains("is a folder, and a file must go there"),
        "{said}"
    );
}

#[test]
fn a_folder_in_the_launchers_place_is_told_before_the_bundle_is_put_in() {
    let service = Service::new();
    service.write("build/secret-baker-launcher/mine", b"mine");
    let launcher = launcher(&service);
    let functions = [env(folder("f", "build"), None, &launcher)];
    let failure = put_in_place(&service, &functions).unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_FILE");
    assert_eq!(service.names("build"), ["secret-baker-launcher"]);
}

#[test]
fn a_copy_around_what_it_is_one_of_is_refused_and_nothing_is_lost() {
    let service = Service::new();
    service.write("out/build/build/a.js", b"a");
    service.write("out/build/secret-baker-secrets.json", ONLY_B);
    let functions = [folder("f", "out/build/build")];
    let failure = put_copies(&service, &functions).unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_ARTEFACT_SHARED");
    assert!(failure.to_string().contains("in which"), "{failure}");
    assert_eq!(service.names("out/build/build"), ["a.js"]);
}

#[test]
fn copies_go_into_no_file() {
    let service = Service::new();
    service.write("build/a.js", b"a");
    service.write("out", b"mine");
    let failure = put_copies(&service, &[folder("f", "build")]).unwrap_err();
    assert!(failure.to_string().contains("which is no folder"));
    assert_eq!(fs::read(service.dir().join("out")).unwrap(), b"mine");
}

#[cfg(unix)]
#[test]
fn links_hide_no_artefact_from_its_copy() {
    let service = Service::new();
    service.write("build/sub/a.js", b"a");
    let zip = service.write("real/f.zip", &archive(CODE));
    let link = |to: &str| {
        let out = service.dir().join("out");
        let _ = fs::remove_file(&out);
        std::os::unix::fs::symlink(service.dir().join(to), out).unwrap();
    };
    link("build/sub");
    let failure = put_copies(&service, &[folder("f", "build")]).unwrap_err();
    assert!(failure.to_string().contains("within"), "{failure}");
    link("real");
    let failure = put_copies(&service, &[function("f", "real/f.zip")]).unwrap_err();
    assert!(
        failure.to_string().contains("an artefact itself"),
        "{failure}"
    );
    assert_eq!(fs::read(zip).unwrap(), archive(CODE));
}

#[test]
fn what_a_killed_run_has_left_beside_the_copies_goes_and_what_another_writes_does_not() {
    let service = Service::new();
    service.write("build/a.js", b"a");
    for name in ["left", "live"] {
        service.write(
            &format!("out/.secret-baker-secrets.json.{name}/copy/a"),
            b"",
        );
    }
    let live = service.dir().join("out/.secret-baker-secrets.json.live");
    let live = Turn::wait(&live, Use::Change).unwrap();
    put_copies(&service, &[folder("f", "build")]).unwrap();
    let there = service.names("out");
    drop(live);
    if cfg!(unix) {
        assert_eq!(there, [".secret-baker-secrets.json.live", "build"]);
    }
}

#[test]
fn many_bakes_of_one_folder_at_once_never_fail() {
    let service = Service::new();
    service.write("build/a.js", b"a");
    service.write("build/.secret-baker-secrets.json.1.tmp", b"half");
    let functions = [folder("f", "build")];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    put_in_place(&service, &functions).unwrap();
                    service.check(&functions).unwrap();
                    put_copies(&service, &functions).unwrap();
                }
            });
        }
    });
    assert_eq!(service.names("build"), ["a.js", bundle::FILE]);
    assert_eq!(service.names("out"), ["build"]);
}

#[cfg(unix)]
#[test]
fn a_copy_keeps_modes_and_times_and_a_zip_its_own_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let service = Service::new();
    let file = service.write("build/lib/run.sh", b"code");
    let zip = service.write("f.zip", &archive(CODE));
    let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    for (path, mode) in [(&file, 0o750), (&zip, 0o600)] {
        File::open(path).unwrap().set_modified(then).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let functions = [folder("f", "build"), function("g", "f.zip")];
    put_copies(&service, &functions).unwrap();
    let found = |path: &str| fs::metadata(service.dir().join(path)).unwrap();
    let copied = found("out/build/lib/run.sh");
    assert_eq!(copied.permissions().mode() & 0o777, 0o750);
    assert_eq!(copied.modified().unwrap(), then);
    assert_eq!(found("out/f.zip").permissions().mode() & 0o777, 0o600);
    put_in_place(&service, &[function("g", "f.zip")]).unwrap();
    assert_eq!(found("f.zip").permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_launcher_lies_unpacked_and_executable() {
    let service = Service::new();
    service.write("build/handler.js", b"code");
    let launcher = launcher(&service);
    let functions = [env(folder("f", "build"), None, &launcher)];
    put_in_place(&service, &functions).unwrap();
    let path = service.dir().join("build/secret-baker-launcher");
    assert_eq!(fs::read(&path).unwrap(), PROGRAM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o755
        );
    }
    service.check(&functions).unwrap();
}

#[cfg(unix)]
#[test]
fn links_are_copied_as_links_and_never_written_through() {
    let service = Service::new();
    let own = service.write("own.json", b"mine");
    service.write("build/handler.js", b"code");
    let link = service.dir().join("build").join(bundle::FILE);
    std::os::unix::fs::symlink(&own, &link).unwrap();
    std::os::unix::fs::symlink("handler.js", service.dir().join("build/index.js")).unwrap();
    put_copies(&service, &[folder("f", "build")]).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let copied = service.dir().join("out/build/index.js");
    assert_eq!(fs::read_link(copied).unwrap(), Path::new("handler.js"));
    let carried = put_in_place(&service, &[folder("f", "build")]).unwrap();
    assert_eq!(carried[0].found, Found::Other);
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
    assert_eq!(fs::read(own).unwrap(), b"mine");
}
