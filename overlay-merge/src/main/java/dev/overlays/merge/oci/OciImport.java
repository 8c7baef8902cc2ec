package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes a layer of the archive that a layer of an OCI image travels as, whoever has made it.
 * Immutable.
 *
 * <pre>{@code
 * try (InputStream in = Files.newInputStream(file)) {
 *   OciImport.to(Path.of("/srv/cache/layer")).digest("sha256:...").run(in);
 * }
 * }</pre>
 *
 * <p>The archive is a tar of POSIX or GNU, as it is or packed by gzip or zstd; its first bytes
 * tell. It is read as it comes, into a directory beside the one asked for, which gets its name by
 * one rename when all is there and on the disk. After a failure nothing of it is left, and only a
 * process that is killed leaves a directory whose name begins with {@code .overlays-import-}.
 *
 * <p>Whiteouts and opaque directories get the form that the kernel knows. Archives are not trusted:
 * nothing in one leads out of the new directory, contradicts another entry, or fills the disk
 * beyond {@linkplain #limits the limits}, or the archive is refused with the entry named. What
 * gives rights (devices, set-user-ID bits, extended attributes other than {@code user.*} and ACLs)
 * is refused, too, unless asked for. Marks of overlays in extended attributes are left out always.
 */
public final class OciImport {
  private final Path target;
  private final LayerStore store;
  private final ImportChoices choices;

  private OciImport(Path target, LayerStore store, ImportChoices choices) {
    this.target = target;
    this.store = store;
    this.choices = choices;
  }

  /**
   * Returns the import into a new directory, with marks in {@code trusted.overlay.*} and the owners
   * that the archive names.
   *
   * @param directory where nothing is yet, in a directory that exists
   * @return an import that refuses what gives rights
   */
  public static OciImport to(Path directory) {
    return new OciImport(
        Objects.requireNonNull(directory, "directory"), null, ImportChoices.DEFAULTS);
  }

  /**
   * Returns this import with marks in another namespace.
   *
   * @param marks where the views over the layer look for marks: those mounted with {@code
   *     userxattr} in {@code user.overlay.*}
   * @return a new import
   */
  public OciImport marks(MarkNamespace marks) {
    return with(choices.withMarks(Objects.requireNonNull(marks, "marks")));
  }

  /**
   * Returns this import with everything owned by this process, whatever the archive says: all that
   * an ordinary user can do.
   *
   * @return a new import
   */
  public OciImport squashOwners() {
    return with(choices.withSquashedOwners());
  }

  /**
   * Returns this import with another treatment of device nodes.
   *
   * @param treatment what is done with them
   * @return a new import
   */
  public OciImport devices(OciTreatment treatment) {
    return with(choices.withDevices(Objects.requireNonNull(treatment, "treatment")));
  }

  /**
   * Returns this import with another treatment of files that run with the rights of their owner or
   * group.
   *
   * @param treatment what is done with the set-user-ID and set-group-ID bits; without them the file
   *     itself is taken
   * @return a new import
   */
  public OciImport setIds(OciTreatment treatment) {
    return with(choices.withSetIds(Objects.requireNonNull(treatment, "treatment")));
  }

  /**
   * Returns this import with another treatment of extended attributes that only root may set:
   * {@code security.*} with the capabilities of files, {@code trusted.*}, and all others that are
   * neither {@code user.*} nor ACLs.
   *
   * @param treatment what is done with them
   * @return a new import
   */
  public OciImport privilegedXattrs(OciTreatment treatment) {
    return with(choices.withPrivilegedXattrs(Objects.requireNonNull(treatment, "treatment")));
  }

  /**
   * Returns this import with other limits.
   *
   * @param limits the most that an archive may hold
   * @return a new import
   */
  public OciImport limits(OciLimits limits) {
    return with(choices.withLimits(Objects.requireNonNull(limits, "limits")));
  }

  /**
   * Returns this import of one certain archive.
   *
   * @param digest what the manifest says of the archive as it travels, or the configuration of the
   *     image of the unpacked one: {@code sha256:} and 64 hexadecimal digits in small letters
   * @return a new import, which refuses any other archive
   * @throws IllegalArgumentException if it is no such digest
   */
  public OciImport digest(String digest) {
    if (!BlobDigest.isOne(digest)) {
      throw new IllegalArgumentException("not a digest of SHA-256: " + digest);
    }
    return with(choices.withDigest(digest));
  }

  /**
   * Returns this import through a layer store of the caller's choice.
   *
   * @param newStore opens the directory that the new one is made in
   * @return a new import
   */
  public OciImport store(LayerStore newStore) {
    return new OciImport(target, Objects.requireNonNull(newStore, "store"), choices);
  }

  private OciImport with(ImportChoices newChoices) {
    return new OciImport(target, store, newChoices);
  }

  /**
   * Unpacks an archive.
   *
   * @param archive its bytes, read to the end; stays open
   * @return what was unpacked
   * @throws OverlayException if a library is missing ({@link ProblemCode#ARCHIVE_LIBRARY_MISSING}),
   *     something is there already ({@link ProblemCode#ARCHIVE_TARGET_EXISTS}), the archive is
   *     damaged ({@link ProblemCode#ARCHIVE_BROKEN}), another one than asked for ({@link
   *     ProblemCode#ARCHIVE_DIGEST_WRONG}), too large ({@link ProblemCode#ARCHIVE_TOO_LARGE}), or
   *     holds what is not taken ({@link ProblemCode#ARCHIVE_ENTRY_UNSAFE}, {@link
   *     ProblemCode#ARCHIVE_ENTRY_UNSUPPORTED}, {@link ProblemCode#ARCHIVE_ENTRY_PRIVILEGED}), or
   *     if it cannot be read or the layer not be written ({@link ProblemCode#ARCHIVE_NOT_UNPACKED})
   */
  public OciImportReport run(InputStream archive) throws OverlayException {
    Objects.requireNonNull(archive, "archive");
    ArchiveLibraries.requireTar();
    Path absolute = target.toAbsolutePath().normalize();
    ArchiveRefusals refusals = new ArchiveRefusals(absolute);
    if (absolute.getParent() == null) {
      throw refusals.targetExists();
    }
    LayerStore opener = store != null ? store : LayerStore.of(absolute);
    try (LayerDirectory parent = opener.open(absolute.getParent());
        StagedLayer staged = StagedLayer.stagedIn(parent, TargetName.of(absolute), refusals)) {
      return unpackStream(archive, staged, refusals);
    } catch (OverlayException e) {
      throw e;
    } catch (LinkageError e) {
      throw ArchiveLibraries.unusableLibrary(e);
    } catch (IOException | UnsupportedOperationException e) {
      throw new OverlayException(List.of(notUnpacked(absolute, e)), e);
    }
  }

  private OciImportReport unpackStream(
      InputStream archive, StagedLayer staged, ArchiveRefusals refusals) throws IOException {
    BlobDigest packed = new BlobDigest();
    BlobDigest unpacked = new BlobDigest();
    ImportTally tally = new ImportTally();
    MeasuredInput measured = new MeasuredInput(archive, packed);
    PushbackInputStream readable = PackedStreams.readableStream(measured);
    OciCompression compression = PackedStreams.detectCompression(readable);
    ArchiveLibraries.requireClass(compression);
    try (OpenPath place = new OpenPath(staged.open(), choices.marks());
        InputStream unpacking = unpackingStream(readable, compression, measured, refusals)) {
      place.clearMarks();
      UnpackedInput tar =
          new UnpackedInput(
              unpacking, measured, packed, unpacked, refusals, choices.limits().ratio());
      TarReader reader = new TarReader(tar, refusals, choices.limits());
      new LayerUnpacking(reader, place, choices, refusals, tally).run();
      if (readable.read() >= 0) {
        throw refusals.brokenArchive("something follows behind its end");
      }
      OciBlob blob =
          new OciBlob(
              compression,
              packed.digestText(),
              packed.bytesCounted(),
              unpacked.digestText(),
              unpacked.bytesCounted());
      checkDigest(blob, refusals);
      staged.publishAs(place.rootDirectory());
      return tally.importReport(blob);
    }
  }

  private InputStream unpackingStream(
      InputStream in, OciCompression compression, MeasuredInput measured, ArchiveRefusals refusals)
      throws IOException {
    OciLimits limits = choices.limits();
    if (compression == OciCompression.GZIP) {
      // What is read ahead counts, too.
      measured.limitIdle(limits.headerBytes() + 2L * PackedStreams.BUFFER, refusals);
    }
    try {
      return PackedStreams.unpackStream(in, compression, limits, refusals);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      if (measured.failureOf() != null) {
        throw e;
      }
      throw refusals.brokenArchive("it cannot be unpacked (" + e.getMessage() + ")");
    }
  }

  private void checkDigest(OciBlob blob, ArchiveRefusals refusals) throws OverlayException {
    String wanted = choices.digest();
    if (wanted != null && !wanted.equals(blob.digest()) && !wanted.equals(blob.diffId())) {
      throw refusals.refusalOf(
          ProblemCode.ARCHIVE_DIGEST_WRONG,
          "The archive is not " + wanted + ": it is " + blob.digest() + ".",
          "Fetch the one that the manifest names.");
    }
  }

  private static Problem notUnpacked(Path target, Exception e) {
    Optional<Path> path = Optional.of(target);
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::path);
      reason = f.getReason() != null ? f.getReason() : f.getClass().getSimpleName();
    }
    return new Problem(
        ProblemCode.ARCHIVE_NOT_UNPACKED,
        path,
        "The archive could not be unpacked: " + reason + ". Nothing of it is left.",
        "Remove the cause and unpack it again; who is not root says squashOwners() and keeps marks"
            + " in user.overlay.*.");
  }
}
