//! With sources that live in this process.

use serde_json::json;

use super::*;
use crate::aws::Connection;
use crate::config::entry::Entry;
use crate::source::joint::{Batch, BoxFuture};
use crate::source::permission::Permission;
use crate::source::store::{Draft, Order, Target};

/// What a source makes of its entries.
#[derive(Debug, Clone, Copy)]
enum Does {
    /// One secret of each.
    Seals,
    /// The same two secrets of each.
    SealsTwo,
    /// Refuses each.
    Refuses,
    /// Gives no answer at all.
    Fails,
    /// Forgets all but the last.
    Forgets,
}

struct Fake {
    key: &'static str,
    does: Does,
    taken: Vec<usize>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Odd(String);

impl Explain for Odd {
    fn code(&self) -> Code {
        Code::ServiceError
    }
}

fn fake(key: &'static str, does: Does) -> Box<dyn Source> {
    let taken = Vec::new();
    Box::new(Fake { key, does, taken })
}

impl Fake {
    fn answer(&self, index: usize) -> Result<Answer, Odd> {
        let outcome = match self.does {
            Does::Seals | Does::Forgets => Ok(vec![sealed(&format!("S{index}"))]),
            Does::SealsTwo => Ok(vec![sealed("S"), sealed("T")]),
            Does::Refuses => {
                let place = Place::from(format!("[{index}]").as_str());
                Err(vec![Problem::at(&place, Odd(format!("{index} is odd")))])
            }
            Does::Fails => return Err(Odd(format!("{} is closed", self.key))),
        };
        Ok(Answer { index, outcome })
    }
}

impl Source for Fake {
    fn keys(&self) -> Keys {
        Keys {
            own: self.key,
            fields: &[],
            named: true,
            scheme: None,
            shows: |_, _| None,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        self.taken.push(entry.index);
        let text = entry.text(self.key, Text::name)?;
        Some(entry.name().unwrap_or(text))
    }

    fn seal<'a>(
        &'a self,
        _: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>> {
        // The last one first: answers may come in any order.
        let most = match self.does {
            Does::Forgets => 1,
            _ => self.taken.len(),
        };
        let taken = self.taken.iter().rev().take(most);
        let answers = taken.map(|index| self.answer(*index));
        progress(self.taken.len(), self.taken.len());
        let answers: Result<_, Odd> = answers.collect();
        let notices = vec![format!("a word of {}", self.key)];
        let batch = answers.map(|answers| Batch { answers, notices });
        Box::pin(std::future::ready(batch.map_err(Failure::from)))
    }

    fn targets(&self) -> Vec<Target> {
        Vec::new()
    }

    fn store<'a>(
        &'a self,
        _: &'a Aws,
        order: Order<'a>,
    ) -> BoxFuture<'a, Result<Draft<'a>, Failure>> {
        unreachable!("{}", order.index)
    }

    fn survey<'a>(
        &'a self,
        _: &'a Aws,
        _: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>> {
        progress(self.taken.len(), self.taken.len());
        let taken = self.taken.iter().rev();
        let told = taken.map(|index| {
            let Answer { outcome, .. } = self.answer(*index)?;
            let name = outcome
                .as_ref()
                .map_or(Text::public("?"), |all| all[0].name.clone());
            let keys = outcome.map(|_| Vec::new()).map_err(|all| all[0].clone());
            let at = (*index, &Place::from(format!("[{index}]").as_str()));
            Ok(Survey::here(at, self.key, (&name, &Shown::default()), keys))
        });
        let told: Result<_, Odd> = told.collect();
        Box::pin(std::future::ready(told.map_err(Failure::from)))
    }

    fn permissions(&self, _: &[&Survey]) -> Vec<Permission> {
        Vec::new()
    }
}

fn sealed(name: &str) -> Sealed {
    Sealed {
        name: Text::public(name),
        from: Shown::default(),
        version: None,
        entry: serde_json::Map::new(),
    }
}

/// The names in the bundle and the notices, or all problems.
async fn bake(
    mut sources: Vec<Box<dyn Source>>,
    config: Value,
) -> Result<(Vec<String>, Vec<String>), Vec<String>> {
    let told = |failure: Failure| {
        let problems = failure.problems.iter();
        problems.map(ToString::to_string).collect::<Vec<_>>()
    };
    let places = take(&mut sources, &config, Some(&config), &Place::from("x")).map_err(told)?;
    let aws = Aws::new(Connection::default());
    let last = Mutex::new((0, 0));
    let progress: Progress<'_> = &|done, total| *last.lock().unwrap() = (done, total);
    let (sealed, notices) = seal(&sources, &places, &aws, progress)
        .await
        .map_err(told)?;
    assert_eq!(*last.lock().unwrap(), (places.len(), places.len()));
    let names = sealed.iter().map(|one| one.name.value().to_owned());
    Ok((names.collect(), notices))
}

fn mixed() -> Value {
    json!([
        {"name": "A", "toy": "a"},
        "/b",
        {"name": "C", "toy": "c"},
        {"name": "D", "path": "d"}
    ])
}

#[tokio::test]
async fn each_entry_goes_to_its_source_and_comes_back_at_its_place() {
    let sources = vec![fake("path", Does::Seals), fake("toy", Does::Seals)];
    let (names, notices) = bake(sources, mixed()).await.unwrap();
    assert_eq!(names, ["S0", "S1", "S2", "S3"]);
    assert_eq!(notices, ["a word of path", "a word of toy"]);
}

#[tokio::test]
async fn the_problems_of_all_sources_are_told_in_the_order_of_the_config() {
    let sources = vec![fake("path", Does::Refuses), fake("toy", Does::Refuses)];
    let problems = bake(sources, mixed()).await.unwrap_err();
    assert_eq!(
        problems,
        [
            "[0]: 0 is odd",
            "[1]: 1 is odd",
            "[2]: 2 is odd",
            "[3]: 3 is odd"
        ]
    );
}

#[tokio::test]
async fn a_source_that_fails_as_a_whole_hides_no_problem_of_another() {
    let sources = vec![fake("path", Does::Refuses), fake("toy", Does::Fails)];
    let problems = bake(sources, mixed()).await.unwrap_err();
    assert_eq!(
        problems,
        ["toy is closed", "[1]: 1 is odd", "[3]: 3 is odd"]
    );
}

#[tokio::test]
async fn a_name_of_two_entries_is_refused_whoever_brings_it_and_whenever_it_is_known() {
    let config = json!([{"name": "A", "toy": "a"}, "A"]);
    let sources = vec![fake("path", Does::Seals), fake("toy", Does::Seals)];
    assert_eq!(
        bake(sources, config).await.unwrap_err(),
        ["x[1]: the name `A` is already used by x[0]"]
    );
    let sources = vec![fake("path", Does::SealsTwo), fake("toy", Does::SealsTwo)];
    assert_eq!(
        bake(sources, json!([{"name": "A", "toy": "a"}, "B"]))
            .await
            .unwrap_err(),
        [
            "x[1]: the name `S` is already used by x[0]",
            "x[1]: the name `T` is already used by x[0]"
        ]
    );
}

#[tokio::test]
async fn an_entry_that_nobody_answers_for_is_a_mistake_of_ours() {
    let sources = vec![fake("path", Does::Seals), fake("toy", Does::Forgets)];
    assert_eq!(
        bake(sources, mixed()).await.unwrap_err(),
        [
            "Secret Baker has met a mistake of its own: a source has not answered for each of its entries just once"
        ]
    );
}

/// Name, index and what a bake would say of each, or all problems.
async fn told(mut sources: Vec<Box<dyn Source>>) -> Result<Vec<String>, Vec<String>> {
    let config = mixed();
    take(&mut sources, &config, Some(&config), &Place::from("x")).unwrap();
    let aws = Aws::new(Connection::default());
    let last = Mutex::new((0, 0));
    let progress: Progress<'_> = &|done, total| *last.lock().unwrap() = (done, total);
    let told = survey(&sources, &aws, Wish::default(), progress).await;
    let told = told.map_err(|failure| {
        let problems = failure.problems.iter();
        problems.map(ToString::to_string).collect::<Vec<_>>()
    })?;
    assert_eq!(*last.lock().unwrap(), (4, 4));
    let line = |of: Survey| match of.meant {
        Ok(_) => format!("{} of {}", of.name.value(), of.source),
        Err(problem) => problem.to_string(),
    };
    Ok(told.into_iter().map(line).collect())
}

#[tokio::test]
async fn what_sources_tell_comes_back_in_the_order_of_the_config() {
    let sources = vec![fake("path", Does::Seals), fake("toy", Does::Seals)];
    assert_eq!(
        told(sources).await.unwrap(),
        ["S0 of toy", "S1 of path", "S2 of toy", "S3 of path"]
    );
}

#[tokio::test]
async fn what_a_bake_would_refuse_is_told_beside_what_it_would_take() {
    let sources = vec![fake("path", Does::Refuses), fake("toy", Does::Seals)];
    assert_eq!(
        told(sources).await.unwrap(),
        ["S0 of toy", "[1]: 1 is odd", "S2 of toy", "[3]: 3 is odd"]
    );
}

#[tokio::test]
async fn a_name_that_two_entries_bring_is_told_at_the_later_one() {
    let sources = vec![fake("path", Does::Seals), fake("toy", Does::SealsTwo)];
    assert_eq!(
        told(sources).await.unwrap(),
        [
            "S of toy",
            "S1 of path",
            "[2]: the name `S` is already used by [0]",
            "S3 of path"
        ]
    );
}

#[tokio::test]
async fn a_source_that_tells_nothing_at_all_fails_all() {
    let sources = vec![fake("path", Does::Seals), fake("toy", Does::Fails)];
    assert_eq!(told(sources).await.unwrap_err(), ["toy is closed"]);
}

#[test]
fn an_entry_is_among_those_that_are_named_or_may_bring_one_that_no_other_has() {
    let config = json!(["A", {"name": "B", "path": "/b"}, {"path": "/p/*"}, "/q/*"]);
    let among = |only: Option<&[&str]>| {
        let only: Option<Vec<String>> =
            only.map(|only| only.iter().map(|name| (*name).to_owned()).collect());
        let is_among = is_among(&config, only.as_deref());
        (0..4).filter(|index| is_among(*index)).collect::<Vec<_>>()
    };
    assert_eq!(among(None), [0, 1, 2, 3]);
    assert_eq!(among(Some(&["B"])), [1], "no prefix is asked in vain");
    assert_eq!(among(Some(&["B", "of-a-prefix"])), [1, 2, 3]);
    assert!(among(Some(&[])).is_empty());
}
