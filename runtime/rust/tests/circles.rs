//! No two files import each other, however many lie between them: it is read off their text.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module's path, such as `["aws", "http"]`; that of the crate is empty.
type Module = Vec<String>;

/// The modules of a crate that have a file of their own, with the files' text.
fn modules(source: &Path) -> BTreeMap<Module, String> {
    let mut modules = BTreeMap::new();
    let mut folders = vec![(source.to_owned(), Module::new())];
    while let Some((folder, above)) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push((path, [above.as_slice(), &[name]].concat()));
                continue;
            }
            let module = match name.as_str() {
                // A test may use what it likes.
                "tests" => continue,
                "lib" | "main" | "mod" => above.clone(),
                _ => [above.as_slice(), &[name]].concat(),
            };
            modules.insert(module, fs::read_to_string(path).unwrap());
        }
    }
    modules
}

/// Code without comments; what stands in texts and attributes does no harm.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Reads the paths of some code, those within the braces of a `use` made whole.
#[derive(Default)]
struct Reader {
    paths: Vec<Vec<String>>,
    path: Vec<String>,
    is_after_colons: bool,
    /// What stands before each brace that is open.
    before: Vec<Vec<String>>,
    /// The last words, by which a module within the file is known.
    last: [String; 2],
    /// How many braces were open before each of those modules.
    within: Vec<usize>,
}

impl Reader {
    /// All paths of several words.
    fn read(code: &str) -> Vec<Vec<String>> {
        let mut reader = Self::default();
        let mut rest = code;
        while let Some(c) = rest.chars().next() {
            let word = rest
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap();
            let length = if !word.is_empty() {
                reader.word(word);
                word.len()
            } else if rest.starts_with("::") {
                reader.is_after_colons = true;
                2
            } else {
                reader.sign(c);
                c.len_utf8()
            };
            rest = &rest[length..];
        }
        reader.end();
        reader.paths.retain(|path| path.len() > 1);
        reader.paths
    }

    fn word(&mut self, word: &str) {
        if !self.is_after_colons {
            self.end();
            self.path = self.before.last().cloned().unwrap_or_default();
        }
        self.is_after_colons = false;
        // Within a module of this file, the one above is this file's.
        let is_own = word == "super" && self.path.is_empty() && !self.within.is_empty();
        self.path
            .push(if is_own { "self" } else { word }.to_owned());
        self.last.rotate_left(1);
        word.clone_into(&mut self.last[1]);
    }

    fn sign(&mut self, c: char) {
        match c {
            '{' if self.is_after_colons => self.before.push(std::mem::take(&mut self.path)),
            '{' => {
                if self.last[0] == "mod" {
                    self.within.push(self.before.len());
                }
                self.before.push(Vec::new());
            }
            '}' => {
                self.end();
                self.before.pop();
                self.within.retain(|open| *open < self.before.len());
            }
            '*' if self.is_after_colons => self.path.push("*".into()),
            _ if c.is_whitespace() => return,
            _ => {}
        }
        self.is_after_colons = false;
    }

    fn end(&mut self) {
        self.paths.push(std::mem::take(&mut self.path));
    }
}

/// The module of which a path in a module is, if it is another one of this crate.
fn target(path: &[String], of: &Module, modules: &BTreeMap<Module, String>) -> Option<Module> {
    let mut module = of.clone();
    for word in path {
        match word.as_str() {
            "crate" => module.clear(),
            "self" => {}
            "super" => drop(module.pop()),
            word => {
                module.push(word.to_owned());
                if !modules.contains_key(&module) {
                    module.pop();
                    break;
                }
            }
        }
    }
    (module != *of).then_some(module)
}

type Edges = BTreeMap<Module, BTreeSet<Module>>;

fn edges(modules: &BTreeMap<Module, String>) -> Edges {
    let of = |module: &Module, text: &str| {
        let used = Reader::read(&code(text));
        let targets = used.iter().filter_map(|path| target(path, module, modules));
        targets.collect()
    };
    let edge = |(module, text): (&Module, &String)| (module.clone(), of(module, text));
    modules.iter().map(edge).collect()
}

/// What is left when those are taken away, again and again, that import none of the others or that none of the others
/// imports.
fn circles(mut edges: Edges) -> Vec<String> {
    loop {
        let used: BTreeSet<Module> = edges.values().flatten().cloned().collect();
        let left: Edges = edges
            .iter()
            .filter(|(module, _)| used.contains(*module))
            .map(|(module, uses)| {
                let within = uses.iter().filter(|used| edges.contains_key(*used));
                (module.clone(), within.cloned().collect())
            })
            .filter(|(_, uses): &(Module, BTreeSet<Module>)| !uses.is_empty())
            .collect();
        if left == edges {
            break;
        }
        edges = left;
    }
    let shown = |module: &Module| format!("crate::{}", module.join("::"));
    let used = |used: &BTreeSet<Module>| used.iter().map(shown).collect::<Vec<_>>().join(", ");
    let left = edges.iter();
    left.map(|(module, uses)| format!("{} uses {}", shown(module), used(uses)))
        .collect()
}

fn crate_of(files: &[(&str, &str)]) -> BTreeMap<Module, String> {
    let words = |path: &str| {
        path.split("::")
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let module = |(path, text): &(&str, &str)| (words(path), (*text).to_owned());
    files.iter().map(module).collect()
}

#[test]
fn no_circle_is_in_this_crate_or_the_launcher() {
    for (source, at_least) in [("src", 30), ("../launcher/src", 5)] {
        let modules = modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source));
        assert!(
            modules.len() >= at_least,
            "{source} has only {} modules",
            modules.len()
        );
        let circles = circles(edges(&modules));
        assert!(circles.is_empty(), "{source}:\n{}", circles.join("\n"));
    }
}

#[test]
fn every_way_of_importing_is_seen() {
    for uses in [
        "use crate::a::A;",
        "use crate::{b::B, a::{self, A}};",
        "use crate::{\n    b,\n    a,\n};",
        "fn f() -> crate::a::A {}",
        "use super::super::a;",
        "use self::super::super::a::A as B;",
        "use super::super::*; use super::super::a::*;",
    ] {
        let modules = crate_of(&[("", "mod a; mod b;"), ("a", ""), ("b", ""), ("b::c", uses)]);
        let edges = edges(&modules);
        let of_c = &edges[&vec!["b".to_owned(), "c".to_owned()]];
        assert!(of_c.contains(&vec!["a".to_owned()]), "{uses}: {of_c:?}");
    }
    let harmless = "// use super::C;\npub(super) mod c { use super::D; pub(crate) fn f() {} }";
    let modules = crate_of(&[("", ""), ("a", "mod b;\npub use b::B;"), ("a::b", harmless)]);
    let found = edges(&modules);
    assert_eq!(found[&vec!["a".to_owned()]].len(), 1);
    assert_eq!(found[&vec!["a".to_owned(), "b".to_owned()]].len(), 0);
}

#[test]
fn a_circle_is_told_with_its_files_and_no_others() {
    let modules = crate_of(&[
        ("", "mod a; mod b; mod c; mod d; pub use a::A;"),
        ("a", "use crate::b::B;"),
        ("b", "use super::c::C;"),
        ("c", "fn f() { crate::a::g() }"),
        ("d", "use crate::a::A;"),
    ]);
    let found = circles(edges(&modules));
    let expected = [
        "crate::a uses crate::b",
        "crate::b uses crate::c",
        "crate::c uses crate::a",
    ];
    assert_eq!(found, expected);
    // What is defined above is another's, too.
    let nested = crate_of(&[
        ("", ""),
        ("a", "mod b;\nuse b::B;\nstruct A;"),
        ("a::b", "use super::A;"),
    ]);
    assert_eq!(circles(edges(&nested)).len(), 2);
    assert!(circles(edges(&crate_of(&[("", "use a::A;"), ("a", "use b::B;")]))).is_empty());
}
