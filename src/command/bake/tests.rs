use super::*;

#[test]
fn a_path_below_the_folder_is_told_from_there() {
    let here = Path::new("/a/b");
    for (path, told) in [
        ("/a/b/c/d.zip", "c/d.zip"),
        ("/a/b", "/a/b"),
        ("/x/d.zip", "/x/d.zip"),
    ] {
        assert_eq!(from_here(Path::new(path), here), Path::new(told));
    }
}
