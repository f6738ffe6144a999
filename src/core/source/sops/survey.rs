//! What a file of SOPS tells of its values: that they are there, and under which keys.

use std::path::Path;

use super::file::SopsFile;
use super::seal::Sealing;
use super::want::{Reference, SOPS, Want};
use crate::config::Text;
use crate::failure::Problem;
use crate::failure::shown::Shown;
use crate::source::joint::Sealed;
use crate::source::survey::Survey;

/// What the file tells of all that names it.
pub fn file(folder: &Path, references: &[&Reference]) -> Vec<Survey> {
    let Some(first) = references.first() else {
        return Vec::new();
    };
    let (name, place) = (first.file.shown(), &first.file_place);
    let refuse = |problem: Problem| {
        let all = references.iter();
        all.map(|one| missing(one, problem.clone())).collect()
    };
    let file = match SopsFile::read(folder, &first.file) {
        Ok(file) => file,
        Err(why) => return refuse(Problem::at(place, why)),
    };
    let sealing = match Sealing::of(name, &file) {
        Ok(sealing) => sealing,
        Err(why) => return refuse(Problem::at(place, why)),
    };
    let keys: Vec<_> = file
        .metadata
        .kms
        .iter()
        .map(|key| key.arn.clone())
        .collect();
    let of = |one: &&Reference| match sealing.answer(one) {
        Ok(all) => all.iter().map(|sealed| found(one, sealed, &keys)).collect(),
        Err(all) => all
            .into_iter()
            .map(|why| missing(one, why))
            .collect::<Vec<_>>(),
    };
    references.iter().flat_map(of).collect()
}

fn found(reference: &Reference, sealed: &Sealed, keys: &[String]) -> Survey {
    let at = (reference.index, &reference.file_place);
    Survey::here(at, SOPS, (&sealed.name, &sealed.from), Ok(keys.to_vec()))
}

fn missing(reference: &Reference, why: Problem) -> Survey {
    let (name, from) = named(reference);
    let at = (reference.index, &reference.file_place);
    Survey::here(at, SOPS, (&name, &from), Err(why))
}

/// Without its file an entry for all of it has no other name.
fn named(reference: &Reference) -> (Text, Shown) {
    let file = reference.file.shown();
    match &reference.want {
        Want::One { name, field, .. } => {
            (name.clone(), format!("{file}: {}", field.shown()).into())
        }
        Want::All => (reference.file.clone(), file.clone()),
    }
}
