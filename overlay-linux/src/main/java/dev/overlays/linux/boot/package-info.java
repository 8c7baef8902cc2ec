/**
 * Views that are mounted when the machine starts: entries of fstab, and units of systemd.
 *
 * <p>{@link dev.overlays.linux.boot.FstabEntry} and {@link dev.overlays.linux.boot.SystemdUnit} are
 * made of a spec and read back as an equal one. {@link dev.overlays.linux.boot.BootCheck} tries
 * them before they are written, {@link dev.overlays.linux.boot.Fstab} changes the file without
 * touching what is not its own.
 *
 * <p>Many programs read a boot entry: mount(8) by way of mount(2), a newer one by way of
 * fsconfig(2), systemd with a parser of its own for fstab, and once more when it mounts. An entry
 * is written only if all of them read it alike; what one of them would take for something else is
 * refused, with the reason. Specs with names of letters, digits, spaces, colons and most other
 * characters can be written; not those with backslashes, quotation marks or line ends.
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
package dev.overlays.linux.boot;
