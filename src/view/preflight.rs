//! Whether a window can be opened here. Asked before Bevy starts, which would panic without a display or a driver.

use std::env;

/// Nothing, or why there can be no window, as the beginning of a sentence.
pub fn ready() -> Result<(), String> {
    display()?;
    adapter()
}

/// On Linux and its kin a window needs a server that shows it.
fn display() -> Result<(), String> {
    let desktop = cfg!(any(target_os = "windows", target_os = "macos"));
    let named = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if desktop || ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"].into_iter().any(named) {
        return Ok(());
    }
    Err("There is no display (neither WAYLAND_DISPLAY nor DISPLAY is set)".to_owned())
}

/// A driver that draws. On Linux it has to be Vulkan: without the window's own surface GL cannot be asked for.
fn adapter() -> Result<(), String> {
    let mut wanted = wgpu::InstanceDescriptor::new_without_display_handle();
    let every =
        if cfg!(target_os = "linux") { wgpu::Backends::VULKAN } else { wgpu::Backends::PRIMARY };
    wanted.backends = wgpu::Backends::from_env().unwrap_or(every);
    let request = wgpu::RequestAdapterOptions::default();
    let found = bevy::tasks::block_on(wgpu::Instance::new(wanted).request_adapter(&request));
    let advice = if cfg!(target_os = "linux") {
        " (on Debian: apt install mesa-vulkan-drivers)"
    } else {
        ""
    };
    found
        .map(drop)
        .map_err(|_| format!("There is no graphics driver that a window could use{advice}"))
}
