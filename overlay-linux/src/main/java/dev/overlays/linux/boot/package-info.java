/**
 * Views that are mounted when the machine starts: entries of fstab, and units of systemd.
 *
 * <p>A {@link dev.overlays.linux.boot.FstabEntry} or {@link dev.overlays.linux.boot.SystemdUnit} is
 * created from a spec and reads back as an equal one. {@link dev.overlays.linux.boot.BootCheck}
 * tries it before it is written, and {@link dev.overlays.linux.boot.Fstab} changes the file without
 * touching other entries.
 *
 * <p>Many programs read a boot entry: mount(8) by way of mount(2), a newer one by way of
 * fsconfig(2), and systemd with its own parser for fstab, and again when it mounts. An entry is
 * written only if all of them read it alike; an entry that one of them would misread is refused,
 * with the reason. Names may contain letters, digits, spaces, colons and most other characters, but
 * no backslashes, quotation marks or line ends.
 *
 * <pre>{@code
 * FstabEntry entry = FstabEntry.of(spec);
 * BootCheck check = BootCheck.of(entry);
 * if (check.problems().isEmpty()) {
 *   Path fstab = Path.of("/etc/fstab");
 *   Fstab.read(fstab).with(entry).write(fstab);
 * }
 * }</pre>
 */
@NullMarked
package dev.overlays.linux.boot;

import org.jspecify.annotations.NullMarked;
