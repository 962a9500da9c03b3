//! What the hub's process has used, as Linux tells it (`proc(5)`).

use std::fs;

/// CPU seconds and resident memory of a process.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// User and system time, in seconds.
    pub cpu: f64,
    /// Resident set, in MiB.
    pub resident: u64,
}

/// Clock ticks in a second: `USER_HZ` is 100 on every Linux that this runs on.
const TICKS: f64 = 100.0;

/// The process that listens on this port of the loopback, if it can be seen.
pub fn listening_on(port: u16) -> Option<u32> {
    let wanted = format!("0100007F:{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let is_ours = |fields: &Vec<&str>| fields.len() > 9 && fields[1] == wanted && fields[3] == "0A";
    let inode = table.lines().map(|line| line.split_whitespace().collect()).find(is_ours)?[9].to_owned();
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let mut ids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    ids.find(|id| {
        let links = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().filter_map(Result::ok);
        links.filter_map(|link| fs::read_link(link.path()).ok()).any(|to| to.to_string_lossy() == socket)
    })
}

/// What a process has used so far.
pub fn used(id: u32) -> Option<Used> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let after_name: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    let ticks = |index: usize| after_name.get(index)?.parse::<f64>().ok();
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = resident.split_whitespace().next()?.parse().ok()?;
    Some(Used { cpu: (ticks(11)? + ticks(12)?) / TICKS, resident: kib / 1_024 })
}
