//! speed
use rayscope::engine::{Limits, Options, run};
use rayscope::model::*;
use rayscope::scenario::generate::{Layered, independent, layered, yardstick_cluster};
fn rss() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}
fn main() {
    let arg: Vec<String> = std::env::args().collect();
    let n: u32 = arg[2].parse().unwrap();
    let graph = if arg[1] == "ind" {
        independent(n)
    } else {
        layered(&Layered { tasks: n, ..Layered::yardstick() })
    };
    let model = Model {
        name: "b".into(),
        cluster: yardstick_cluster(),
        workload: Workload::Graph(graph),
        faults: vec![],
        parameters: Parameters::default(),
        policy: "hybrid".into(),
        seed: 1,
    };
    let before = rss();
    let mut best = f64::MAX;
    for _ in 0..arg.get(3).map_or(3, |x| x.parse().unwrap()) {
        #[allow(clippy::disallowed_methods)]
        let t = std::time::Instant::now();
        let trace = run(&model, &Options { seed: 1, limits: Limits::default(), verify: false });
        let s = t.elapsed().as_secs_f64();
        best = best.min(s);
        println!(
            "{} records, {:.3} s, {:.0} tasks/s, outcome {:?} end {} peak {} kB before {}",
            trace.records.len(),
            s,
            n as f64 / s,
            trace.outcome().unwrap().word(),
            trace.end(),
            rss(),
            before
        );
    }
    println!("best {:.0} tasks/s {:.2} us", n as f64 / best, best * 1e6 / n as f64);
}
