use super::*;

struct Repository(tempfile::TempDir);

impl Repository {
    fn new(ignored: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut git = Command::new("git");
        git.args(["init", "--quiet"]).current_dir(folder.path());
        assert!(git.status().unwrap().success());
        fs::write(folder.path().join(".gitignore"), ignored).unwrap();
        Self(folder)
    }

    fn check(&self, name: &str) -> Result<(), NotIgnored> {
        let path = self.0.path().join(name);
        if !path.exists() {
            fs::write(&path, "A=1").unwrap();
        }
        check(&path, &name.into())
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(self.0.path());
        assert!(git.output().unwrap().status.success());
    }
}

#[test]
fn what_git_ignores_is_taken() {
    assert_eq!(Repository::new("*.env\n").check("my.env"), Ok(()));
}

#[test]
fn what_git_sees_is_refused_with_the_line_to_add() {
    let repository = Repository::new("");
    let why = repository.check("my [1].env").unwrap_err();
    assert_eq!(why.code().as_str(), "SECRET_BAKER_LOCAL_VALUES");
    assert_eq!(
        why.to_string(),
        "`my [1].env` has secrets in plain text, and git does not ignore it"
    );
    let NotIgnored::Seen { line, .. } = &why else {
        panic!("{why}")
    };
    let hint = why.hint(&Caller::default()).unwrap();
    assert!(
        hint.starts_with("add the line `/my \\[1].env` to `.gitignore` in /"),
        "{hint}"
    );
    fs::write(repository.0.path().join(".gitignore"), line.as_str()).unwrap();
    assert_eq!(repository.check("my [1].env"), Ok(()));
}

#[test]
fn what_git_has_already_is_refused_though_a_pattern_names_it() {
    let repository = Repository::new("*.env\n");
    repository.check("my.env").unwrap();
    repository.git(&["add", "--force", "my.env"]);
    assert!(matches!(
        repository.check("my.env"),
        Err(NotIgnored::Seen { .. })
    ));
}

#[test]
fn a_name_that_git_would_take_for_a_pattern_is_a_name() {
    let repository = Repository::new("*.env\n");
    assert_eq!(repository.check(":!my.env"), Ok(()));
}

#[test]
fn a_pattern_that_takes_the_file_back_counts() {
    let why = Repository::new("*.env\n!my.env\n").check("my.env");
    assert!(matches!(why, Err(NotIgnored::Seen { .. })));
}

#[test]
fn another_repository_that_the_environment_names_is_not_asked() {
    let git = question(Path::new("/service"), OsStr::new("my.env"));
    let unset: Vec<_> = git
        .get_envs()
        .filter(|(_, value)| value.is_none())
        .collect();
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        assert!(unset.iter().any(|(unset, _)| *unset == name), "{name}");
    }
}

#[test]
fn behind_a_link_the_file_itself_counts() {
    let repository = Repository::new("link.env\n");
    repository.check("real.env").unwrap_err();
    std::os::unix::fs::symlink("real.env", repository.0.path().join("link.env")).unwrap();
    assert!(matches!(
        repository.check("link.env"),
        Err(NotIgnored::Seen { .. })
    ));
}

#[test]
fn outside_of_a_repository_nobody_keeps_the_file_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.env");
    fs::write(&path, "A=1").unwrap();
    let why = check(&path, &"my.env".into()).unwrap_err();
    assert_eq!(why.code().as_str(), "SECRET_BAKER_LOCAL_VALUES");
    let begins = "`my.env` has secrets in plain text, and git does not say that it ignores it: fatal: not a git repository";
    assert!(why.to_string().starts_with(begins), "{why}");
}
