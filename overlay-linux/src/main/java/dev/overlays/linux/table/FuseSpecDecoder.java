package dev.overlays.linux.table;

import dev.overlays.Ephemeral;
import dev.overlays.InvalidSpecException;
import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.instance.EphemeralUpper;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes specs of mounted views of fuse-overlayfs: the layers come from the command line of the
 * daemon, the rest from the mount table.
 */
public final class FuseSpecDecoder {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");
  private static final String OWN_DESCRIPTOR = "/proc/self/fd/";

  /** The attributes that the program sets by itself, or fusermount sets for every ordinary user. */
  private static final Set<MountAttribute> UNASKED =
      Set.of(MountAttribute.NOATIME, MountAttribute.NODEV, MountAttribute.NOSUID);

  private FuseSpecDecoder() {}

  /**
   * Decodes a mount.
   *
   * @param record the mount
   * @param daemon the process that serves it
   * @return the spec; empty if no spec can describe the mount
   */
  public static Optional<OverlaySpec> decodeSpec(MountRecord record, FuseDaemon daemon) {
    OverlaySpec.Builder builder = OverlaySpec.builder().mountPoint(record.mountPoint());
    Set<String> flags = new HashSet<>();
    Optional<Path> upper = Optional.empty();
    Optional<Path> work = Optional.empty();
    for (FuseOptions.FuseOption option : FuseOptions.ofCommand(daemon.arguments())) {
      switch (option.key()) {
        case "lowerdir" -> {
          for (String lower : option.value().split(":", -1)) {
            builder.lower(layerPath(new FuseOptions.FuseOption(option.key(), lower), daemon));
          }
        }
        case "upperdir" -> {
          upper = Optional.of(layerPath(option, daemon));
        }
        case "workdir" -> work = Optional.of(layerPath(option, daemon));
        default -> flags.add(option.key());
      }
    }
    if (!isOrdinaryUsers(record)) {
      // An ordinary user cannot choose it: it is the propagation of the mount below.
      builder.propagation(record.propagation());
    }
    Optional<Ephemeral> ephemeral = upper.flatMap(EphemeralUpper::ephemeralOf);
    if (ephemeral.isPresent()) {
      builder.ephemeral(ephemeral.get());
    } else {
      upper.ifPresent(builder::upper);
      work.ifPresent(builder::work);
    }
    builder.attributes(
        attributesOf(record, flags, upper.isPresent()).toArray(new MountAttribute[0]));
    builder.options(
        options ->
            options
                .withUserXattr(isOrdinaryUsers(record))
                .withVolatileUpper(flags.contains("volatile")));
    try {
      return Optional.of(builder.build());
    } catch (InvalidSpecException e) {
      LOG.log(System.Logger.Level.DEBUG, "no spec for " + record, e);
      return Optional.empty();
    }
  }

  /** A view without an upper is always read-only, so that attribute counts only with an upper. */
  private static Set<MountAttribute> attributesOf(
      MountRecord record, Set<String> flags, boolean upper) {
    Set<MountAttribute> attributes = EnumSet.noneOf(MountAttribute.class);
    for (MountAttribute attribute : record.attributes()) {
      boolean asked =
          attribute == MountAttribute.READ_ONLY
              ? upper
              : !UNASKED.contains(attribute) || flags.contains(attribute.kernelName());
      if (asked) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  /**
   * Whether the view belongs to a user who may not write marks in {@code trusted.*}: anybody but
   * root outside of user namespaces.
   */
  private static boolean isOrdinaryUsers(MountRecord record) {
    return !List.of(record.options().split(",", -1)).contains("user_id=0")
        || ThreadPrivilege.inUserNamespace();
  }

  /** A layer that was passed as a descriptor is resolved through the daemon's descriptor. */
  private static Path layerPath(FuseOptions.FuseOption option, FuseDaemon daemon) {
    if (option.value().startsWith(OWN_DESCRIPTOR)) {
      String number = option.value().substring(OWN_DESCRIPTOR.length());
      try {
        return Files.readSymbolicLink(Path.of("/proc", Long.toString(daemon.pid()), "fd", number));
      } catch (IOException e) {
        // It has ended meanwhile, or this process may not inspect it.
        return Path.of(option.value());
      }
    }
    return option.value().startsWith("/")
        ? PathBytes.toPath(option.valueBytes())
        : Path.of(new String(option.valueBytes(), StandardCharsets.UTF_8));
  }
}
