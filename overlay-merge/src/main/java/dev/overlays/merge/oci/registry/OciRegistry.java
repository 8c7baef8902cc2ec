package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.layout.ImageLibraries;
import dev.overlays.merge.oci.layout.ImageRefusals;
import dev.overlays.merge.oci.layout.LayoutDirectory;
import dev.overlays.merge.oci.layout.LayoutIndex;
import dev.overlays.merge.oci.value.TransferProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * An image in a registry, which is pushed from a layout and pulled into one. Immutable.
 *
 * <pre>{@code
 * OciRegistry place = OciRegistry.of("registry.example/team/cache:v1");
 * place.push(OciLayout.at(here).find("v1"));
 * StoredImage image = place.pull(OciLayout.at(there), "v1");
 * }</pre>
 *
 * <p>Only blobs that the other side lacks are transferred, and each is checked by its digest on
 * both sides. When a connection breaks, a pull goes on with the blob where it was, twice at most;
 * what was transferred as a whole stays, so that the next push or pull goes on with the rest.
 *
 * <p>Registries are spoken to by https; one on this machine ({@code localhost}, {@code 127.0.0.0/8}
 * and {@code [::1]}) by http, unless {@link #plainHttp} says otherwise. Credentials are those that
 * {@code podman login} or {@code docker login} has stored.
 */
public final class OciRegistry {
  private final ImageReference reference;
  private final RegistryChoices choices;

  private OciRegistry(ImageReference reference, RegistryChoices choices) {
    this.reference = reference;
    this.choices = choices;
  }

  /**
   * Returns the image of a reference.
   *
   * @param reference {@code REGISTRY/REPOSITORY:TAG} or {@code REGISTRY/REPOSITORY@DIGEST}; the
   *     registry is always named, the tag is {@code latest} if none is
   * @return the image, which need not exist
   * @throws IllegalArgumentException if it is no such reference
   */
  public static OciRegistry of(String reference) {
    return new OciRegistry(ImageReference.parse(reference), RegistryChoices.DEFAULTS);
  }

  /**
   * Returns this image by another protocol.
   *
   * @param allowed whether http is spoken instead of https; credentials and images can be read and
   *     changed on their way then
   * @return the image
   */
  public OciRegistry plainHttp(boolean allowed) {
    return new OciRegistry(reference, choices.withPlainHttp(allowed));
  }

  /**
   * Returns this image with credentials of your own, instead of those in files.
   *
   * @param user the name
   * @param password the password or access token
   * @return the image
   */
  public OciRegistry credentials(String user, String password) {
    RegistryLogin login =
        new RegistryLogin(
            Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
    return new OciRegistry(reference, choices.withLogin(login));
  }

  /**
   * Returns this image with other files of credentials. Without this call they are {@code
   * $REGISTRY_AUTH_FILE}, or otherwise {@code ${XDG_RUNTIME_DIR}/containers/auth.json} ({@code
   * /run/containers/UID/auth.json} without that variable), {@code
   * ${XDG_CONFIG_HOME}/containers/auth.json} and {@code ${DOCKER_CONFIG}/config.json}, which are
   * below {@code ~/.config} and {@code ~/.docker} without the variables. One in a directory that is
   * closed to this user is passed over, as one that does not exist.
   *
   * @param files the files, of which the first that has credentials for the repository is taken;
   *     credential helpers that they name are run
   * @return the image
   */
  public OciRegistry credentialFiles(List<Path> files) {
    return new OciRegistry(reference, choices.withCredentialFiles(List.copyOf(files)));
  }

  /**
   * Returns this image with other certificates.
   *
   * @param authorities a file with the certificates (PEM) that are trusted instead of the JVM's
   * @return the image
   */
  public OciRegistry certificates(Path authorities) {
    Objects.requireNonNull(authorities, "authorities");
    return new OciRegistry(reference, choices.withCertificates(authorities));
  }

  /**
   * Returns this image with another limit.
   *
   * @param limit how large all layers of an image may be that is pulled, compressed as they are
   *     stored, in bytes; 1 TiB by default
   * @return the image
   * @throws IllegalArgumentException if it is not positive
   */
  public OciRegistry maxBytes(long limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("the limit must be positive, not " + limit);
    }
    return new OciRegistry(reference, choices.withMaxBytes(limit));
  }

  /**
   * Returns this image with another limit for a registry that says nothing. A request is given up,
   * with {@link ProblemCode#REGISTRY_NOT_REACHED}, when no byte has come or gone for so long; a
   * slow transfer is never given up.
   *
   * @param limit how long it may be silent; 60 seconds by default
   * @return the image
   * @throws IllegalArgumentException if it is not positive
   */
  public OciRegistry silenceLimit(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("the limit must be positive, not " + limit);
    }
    return new OciRegistry(reference, choices.withSilenceLimit(limit));
  }

  /**
   * Returns this image with one more server that may have the password. Registries name servers
   * that give tokens for a password. Without this call the password goes only to one that belongs
   * to the registry: of the same host, of a host above or below it by name, or a known one, such as
   * {@code auth.docker.io}; and only by https, if the registry is spoken to by https. Any other is
   * refused with {@link ProblemCode#REGISTRY_DENIED}.
   *
   * @param host its name, without a port
   * @return the image
   */
  public OciRegistry tokenServer(String host) {
    return new OciRegistry(reference, choices.withTokenServer(host.toLowerCase(Locale.ROOT)));
  }

  /**
   * Returns this image with a listener.
   *
   * @param newProgress is called by one thread at a time, ten times a second at most, and after
   *     each blob; what it throws ends the transfer
   * @return the image
   */
  public OciRegistry progress(Consumer<TransferProgress> newProgress) {
    Objects.requireNonNull(newProgress, "progress");
    return withControl(choices.control().withProgress(newProgress));
  }

  /**
   * Returns this image with one more condition that is checked with each block that is transferred,
   * and cancels the transfer. What was transferred as a whole stays, so that the next push or pull
   * goes on with the rest.
   *
   * @param asked returns whether to cancel; any thread may call it
   * @return the image
   */
  public OciRegistry cancelWhen(BooleanSupplier asked) {
    return withControl(choices.control().withCondition(Objects.requireNonNull(asked, "asked")));
  }

  private OciRegistry withControl(TransferControl control) {
    return new OciRegistry(reference, choices.withControl(control));
  }

  /**
   * Pushes an image. The tag names the new image when this method returns, and its former image
   * otherwise.
   *
   * @param image the image, which is in a layout
   * @return the digest of its manifest, by which machines can pull exactly this image
   * @throws OverlayException if the image here is damaged ({@link ProblemCode#IMAGE_BLOB_MISSING},
   *     {@link ProblemCode#IMAGE_BLOB_WRONG}) or cannot be read ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED}), the registry cannot be reached ({@link
   *     ProblemCode#REGISTRY_NOT_REACHED}), does not allow it or the credentials cannot be read
   *     ({@link ProblemCode#REGISTRY_DENIED}), refuses for another reason ({@link
   *     ProblemCode#REGISTRY_REFUSED}), it was cancelled ({@link ProblemCode#MERGE_CANCELLED}), or
   *     a library is missing ({@link ProblemCode#ARCHIVE_LIBRARY_MISSING})
   * @throws IllegalArgumentException if the reference names another digest
   */
  public String push(StoredImage image) throws OverlayException {
    if (reference.isDigest() && !reference.version().equals(image.digest())) {
      throw new IllegalArgumentException(
          "the image " + image.digest() + " cannot be pushed as " + reference);
    }
    ImageRefusals refusals = ImageRefusals.of(image.layout().directory(), image.name());
    return transfer(
        refusals,
        () -> {
          new ImagePush(connect(), image).run(choices.control());
          return image.digest();
        });
  }

  /**
   * Pulls an image into a layout. The name in the layout is the new image's when this method
   * returns, and that of its former image otherwise. The manifest stays as it is, so that the
   * digest is the registry's; one in Docker's form is read by this library, but not by every tool
   * that reads layouts.
   *
   * @param layout a layout, or a directory that is empty or does not exist
   * @param name the image's name in the layout
   * @return the image
   * @throws OverlayException if there is no such image ({@link ProblemCode#IMAGE_NOT_FOUND}), its
   *     documents are damaged ({@link ProblemCode#IMAGE_BROKEN}), a blob has another size or digest
   *     ({@link ProblemCode#IMAGE_BLOB_WRONG}), the image is a list of images or has parts of
   *     unknown kinds ({@link ProblemCode#IMAGE_UNSUPPORTED}) or exceeds a limit ({@link
   *     ProblemCode#IMAGE_TOO_LARGE}), the directory is no layout and not empty ({@link
   *     ProblemCode#ARCHIVE_TARGET_EXISTS}) or cannot be written ({@link
   *     ProblemCode#IMAGE_LAYOUT_FAILED}), the registry cannot be reached ({@link
   *     ProblemCode#REGISTRY_NOT_REACHED}), does not allow it or the credentials cannot be read
   *     ({@link ProblemCode#REGISTRY_DENIED}), refuses for another reason ({@link
   *     ProblemCode#REGISTRY_REFUSED}), it was cancelled ({@link ProblemCode#MERGE_CANCELLED}), or
   *     a library is missing ({@link ProblemCode#ARCHIVE_LIBRARY_MISSING})
   * @throws IllegalArgumentException if the name is none that the specification allows
   */
  public StoredImage pull(OciLayout layout, String name) throws OverlayException {
    LayoutIndex.requireName(name);
    ImageRefusals refusals = ImageRefusals.of(layout.directory(), name);
    transfer(
        refusals,
        () -> {
          LayoutDirectory files = new LayoutDirectory(layout.directory());
          new ImagePull(connect(), reference, choices, files).run(name);
          return name;
        });
    return layout.find(name);
  }

  /**
   * Asks for the digest of the image, which changes when somebody pushes another one.
   *
   * @return the digest of the manifest; empty if there is no such image
   * @throws OverlayException if the registry cannot be reached ({@link
   *     ProblemCode#REGISTRY_NOT_REACHED}), does not allow it or the credentials cannot be read
   *     ({@link ProblemCode#REGISTRY_DENIED}), refuses for another reason ({@link
   *     ProblemCode#REGISTRY_REFUSED}), or a library is missing ({@link
   *     ProblemCode#ARCHIVE_LIBRARY_MISSING})
   */
  public Optional<String> digest() throws OverlayException {
    return transfer(
        new ImageRefusals(Optional.empty(), reference.toString()),
        () -> connect().manifestDigest());
  }

  private RegistryConnection connect() throws OverlayException {
    Optional<RegistryLogin> login =
        choices.login() != null ? Optional.of(choices.login()) : storedLogin();
    return new RegistryConnection(reference, choices, login);
  }

  private Optional<RegistryLogin> storedLogin() throws OverlayException {
    CredentialFiles files =
        choices.credentialFiles() != null
            ? new CredentialFiles(choices.credentialFiles())
            : CredentialFiles.ofEnvironment(
                System.getenv(), Path.of(System.getProperty("user.home")));
    return files.find(reference);
  }

  /** A push, a pull or a question. */
  private interface Transfer<T> {
    T run() throws IOException;
  }

  private static <T> T transfer(ImageRefusals refusals, Transfer<T> work) throws OverlayException {
    ImageLibraries.requireRegistry();
    try {
      return work.run();
    } catch (OverlayException e) {
      throw e;
    } catch (LinkageError e) {
      throw ImageLibraries.unusableLibrary(e);
    } catch (IOException e) {
      throw refusals.layoutFailed(e);
    }
  }

  @Override
  public String toString() {
    return reference.toString();
  }
}
