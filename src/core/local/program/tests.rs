use super::*;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn output_complaint_and_end_come_back() {
    let ended = run(
        &mut shell("echo out; echo err >&2; exit 3"),
        Duration::from_mins(1),
    );
    let ended = ended.unwrap();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(**ended.output, *b"out\n");
    assert_eq!(**ended.complaint, *b"err\n");
}

#[test]
fn it_has_no_input() {
    let ended = run(&mut shell("cat; echo end"), Duration::from_mins(1)).unwrap();
    assert_eq!(**ended.output, *b"end\n");
}

#[test]
fn one_that_says_too_much_is_cut_and_still_ends() {
    let mut much = shell("head -c 1000000 /dev/zero; exit 0");
    let ended = run(&mut much, Duration::from_mins(1)).unwrap();
    assert_eq!(ended.output.len() as u64, LONGEST_OUTPUT);
    assert!(ended.status.success());
}

#[test]
fn one_that_does_not_end_is_stopped() {
    let begun = Instant::now();
    let late = run(&mut shell("exec sleep 600"), Duration::from_millis(200));
    let why = late.err().unwrap();
    assert!(matches!(why, NotRun::Late(_)));
    assert_eq!(why.to_string(), "it had not ended after 0 s");
    assert!(begun.elapsed() < Duration::from_mins(5));
}

#[test]
fn what_it_leaves_behind_is_not_waited_for() {
    let begun = Instant::now();
    let left = run(&mut shell("sleep 600 & exit 0"), Duration::from_millis(500));
    assert!(matches!(left, Err(NotRun::Late(_))));
    assert!(begun.elapsed() < Duration::from_mins(5));
}

#[test]
fn one_that_is_not_there_is_told() {
    let why = run(
        &mut Command::new("no-such-program-here"),
        Duration::from_mins(1),
    )
    .err()
    .unwrap();
    assert!(why.to_string().starts_with("it cannot be run: "), "{why}");
}
