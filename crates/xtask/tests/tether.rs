//! A program on a tether, with processes of their own.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// Starts a tether with a program that prints its process id and sleeps.
fn tethered() -> (Child, u32) {
    let mut tether = tether(&["sh", "-c", "echo $$; exec sleep 120"]);
    let mut line = String::new();
    BufReader::new(tether.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let program = line.trim().parse().unwrap();
    assert!(runs(program));
    (tether, program)
}

fn tether(command: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["tether", "--"])
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Whether a process has this id.
fn runs(process: u32) -> bool {
    let signal = Command::new("kill").args(["-0", &process.to_string()]).stderr(Stdio::null()).status();
    signal.unwrap().success()
}

fn until(reached: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !reached() {
        assert!(Instant::now() < deadline, "it does not come to it");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn ends_its_program_when_its_input_ends() {
    let (mut tether, program) = tethered();

    drop(tether.stdin.take());

    assert!(tether.wait().unwrap().success());
    assert!(!runs(program));
}

#[test]
fn ends_its_program_when_the_process_that_holds_it_is_killed() {
    // Its output is the tether's input, and ends with it.
    let mut holder =
        Command::new("sleep").arg("120").stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut tether = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["tether", "--", "sh", "-c", "echo $$; exec sleep 120"])
        .stdin(holder.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(tether.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let program = line.trim().parse().unwrap();

    holder.kill().unwrap();
    holder.wait().unwrap();

    until(|| !runs(program));
    assert!(tether.wait().unwrap().success());
}

#[test]
fn fails_when_its_program_ends_by_itself() {
    let mut tether = tether(&["sh", "-c", "exit 3"]);
    // Held, so that its input does not end first.
    let _input = tether.stdin.take();

    let output = tether.wait_with_output().unwrap();

    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("`sh` ended with exit status: 3"), "{errors}");
}
