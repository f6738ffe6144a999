//! What each file imports of the others, read off its text: no file imports a later room, and no two import each other, however far round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms in the order that data goes. A place of the config is a part of every failure, so that it stands with them.
const ROOMS: [&[&str]; 13] = [
    &["gather"],
    &["contract"],
    &["edit"],
    &["failure", "config/place"],
    &["config"],
    &["aws"],
    &["source"],
    &["local"],
    &["bundle"],
    &["folder"],
    &["lock"],
    &["artefact"],
    &["lib"],
];

/// By file: the files that it imports. A file is named without its end, `mod.rs` by its folder.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let imports = of_the_core();
    for file in imports.keys() {
        let circle = way(&imports, file, file);
        assert!(circle.is_none(), "{circle:?} is a circle");
    }
}

#[test]
fn no_file_imports_a_later_room() {
    for (file, imported) in of_the_core() {
        for other in imported {
            assert!(room(&other) <= room(&file), "{file} imports {other}");
        }
    }
}

#[test]
fn imports_are_read_off_a_text() {
    let files = ["a", "a/b", "a/c", "d", "lib"].map(str::to_owned);
    let of = |file: &str, text: &str| -> Vec<String> {
        let found = imported(file, text, &BTreeSet::from(files.clone()));
        found.into_iter().collect()
    };
    assert_eq!(of("a/b", "use super::c::{X, Y};"), ["a/c"]);
    assert_eq!(
        of("a/b", "use crate::{a::{self, c}, d::X};"),
        ["a", "a/c", "d"]
    );
    assert_eq!(of("a", "mod b;\nfn f() { b::g() }"), ["a/b"]);
    assert_eq!(of("a", "mod b;\npub use self::c::X;"), ["a/c"]);
    assert_eq!(of("a", "mod b;\n// crate::d\nlet x = crate::X;"), ["lib"]);
    let circle = BTreeMap::from([
        ("a".to_owned(), BTreeSet::from(["d".to_owned()])),
        ("d".to_owned(), BTreeSet::from(["a".to_owned()])),
    ]);
    assert_eq!(way(&circle, "a", "a").unwrap(), ["a", "d", "a"]);
}

fn of_the_core() -> Imports {
    let mut texts = BTreeMap::new();
    read(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut texts);
    let files: BTreeSet<String> = texts.keys().cloned().collect();
    assert!(files.contains("source/ssm/plan"), "{files:?}");
    let of = |(file, text): (&String, &String)| (file.clone(), imported(file, text, &files));
    texts.iter().map(of).collect()
}

/// The texts of all files but those of tests.
fn read(folder: &Path, name: &str, texts: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).expect("a folder of the core can be read");
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let base = path.file_name().unwrap_or_default().to_string_lossy();
        let inner = format!("{name}{base}");
        if path.is_dir() {
            read(&path, &format!("{inner}/"), texts);
        } else if let Some(module) = inner.strip_suffix(".rs") {
            let module = module.strip_suffix("/mod").unwrap_or(module);
            let of_tests = module.split('/').any(|part| part == "tests");
            if !of_tests && module != "build" {
                let text = fs::read_to_string(&path);
                texts.insert(module.to_owned(), text.expect("a file of the core is text"));
            }
        }
    }
}

/// The other files that a text names, by their paths or as its own modules.
fn imported(file: &str, text: &str, files: &BTreeSet<String>) -> BTreeSet<String> {
    let lines = text.lines();
    let code: Vec<_> = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let own = if file == "lib" { "" } else { file };
    let above = own.rsplit_once('/').map_or("", |(above, _)| above);
    let mut paths = Vec::new();
    for (root, base) in [("crate::", ""), ("self::", own), ("super::", above)] {
        for (at, _) in code.match_indices(root) {
            let word_before = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if !word_before && !code[..at].ends_with("::") {
                tree(&mut &code[at + root.len()..], base, &mut paths);
            }
        }
    }
    for module in files {
        if let Some(child) = module
            .strip_prefix(own)
            .map(|rest| rest.trim_start_matches('/'))
            && !child.is_empty()
            && !child.contains('/')
            && names(&code, child)
        {
            paths.push(module.clone());
        }
    }
    let found = paths.iter().map(|path| file_of(path, files));
    found.filter(|found| found != file).collect()
}

/// Whether a text names something of one of its modules.
fn names(code: &str, child: &str) -> bool {
    code.match_indices(&format!("{child}::"))
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

/// All paths of what follows `use a::`, as in `{b, c::{d, e}}`.
fn tree(text: &mut &str, base: &str, paths: &mut Vec<String>) {
    let join = |word: &str| match base {
        "" => word.to_owned(),
        base => format!("{base}/{word}"),
    };
    let word = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(word);
    *text = rest;
    if let Some(inner) = text.strip_prefix('{').filter(|_| name.is_empty()) {
        *text = inner;
        while !text.is_empty() && !text.starts_with('}') {
            *text = text.trim_start_matches([' ', '\n', ',']);
            tree(text, base, paths);
            *text = text.trim_start_matches(|c: char| !matches!(c, ',' | '}'));
            *text = text.trim_start_matches([' ', '\n', ',']);
        }
        *text = text.strip_prefix('}').unwrap_or(text);
        return;
    }
    let path = if name == "self" || name.is_empty() {
        base.to_owned()
    } else {
        join(name)
    };
    match text.strip_prefix("::") {
        Some(rest) => {
            *text = rest;
            tree(text, &path, paths);
        }
        None => paths.push(path),
    }
}

/// The file that a path leads into: the longest beginning of it that is one.
fn file_of(path: &str, files: &BTreeSet<String>) -> String {
    let mut path = path;
    while !files.contains(path) {
        match path.rsplit_once('/') {
            Some((above, _)) => path = above,
            None => return "lib".to_owned(),
        }
    }
    path.to_owned()
}

/// The files on a way from one to another, both included.
fn way(imports: &Imports, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut ways = vec![vec![from.to_owned()]];
    while let Some(way) = ways.pop() {
        for next in imports.get(way.last()?).into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(next.clone());
            if next == to {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push(longer);
            }
        }
    }
    None
}

fn room(file: &str) -> usize {
    let is_in = |room: &str| file == room || file.starts_with(&format!("{room}/"));
    let rooms = ROOMS.iter().enumerate();
    let mut of_file: Vec<_> = rooms
        .flat_map(|(index, rooms)| rooms.iter().map(move |room| (room.len(), index, *room)))
        .filter(|(_, _, room)| is_in(room))
        .collect();
    // `config/place` is more of its path than `config`.
    of_file.sort_unstable();
    let (_, index, _) = of_file
        .pop()
        .unwrap_or_else(|| panic!("{file} is in no room"));
    index
}
