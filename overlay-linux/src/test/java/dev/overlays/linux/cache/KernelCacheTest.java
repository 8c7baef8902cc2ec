package dev.overlays.linux.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.registry.RegistryInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs the contract of a cache with this backend. */
class KernelCacheTest extends CacheOnBackend {
  KernelCacheTest() {
    super(new KernelBackend());
  }

  /** It can be published, but no rename can take its place. */
  @Test
  void lowerThatIsAMountPointIsNotReplaced() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot();
        RegistryInMemory registry = new RegistryInMemory()) {
      Path lower = sandbox.mountTmpfs("lower");
      OciRegistry image = registry.image(":v1");
      SharedCache cache = SharedCache.of(lower, sandbox.createDirectory("instances"));
      Files.writeString(lower.resolve("file"), "first");
      assertTrue(cache.publish(image).pushed());
      SharedCache other =
          SharedCache.of(sandbox.createDirectory("other/lower"), sandbox.path("other/none"));
      other.follow(image);
      Files.writeString(other.lower().resolve("file"), "second");
      assertTrue(other.publish(image).pushed());
      OverlayException e = assertThrows(OverlayException.class, () -> cache.follow(image));
      assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code(), e.toString());
      assertTrue(e.getMessage().contains("a directory inside it"), e.toString());
      assertEquals("first", Files.readString(lower.resolve("file")));
    }
  }

  /** With an index the kernel ties an upper to its lower, and mounts it over no other. */
  @Test
  void upperWithAnIndexGoesOverTheNextLower() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot();
        RegistryInMemory registry = new RegistryInMemory()) {
      sandbox.mountDisk("disk");
      OciRegistry image = registry.image(":v1");
      Path lower = sandbox.createDirectory("disk/lower");
      sandbox.createFile("disk/other/shared", "published");
      SharedCache.of(sandbox.path("disk/other"), sandbox.path("disk/none")).publish(image);
      SharedCache cache =
          SharedCache.of(lower, sandbox.createDirectory("disk/instances"))
              .privatePath("own")
              .options(options -> options.withIndex(true));
      cache.create("one");
      Files.writeString(cache.mount("one").root().resolve("own"), "one's");
      assertEquals(1, cache.follow(image).mounted().size());
      assertEquals("published", Files.readString(cache.mount("one").root().resolve("shared")));
      assertEquals("one's", Files.readString(cache.mount("one").root().resolve("own")));
      cache.unmountAll(UnmountOptions.strict());
    }
  }

  @Test
  void statusOfACacheNamesALowerThatIsNone() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path file = sandbox.createFile("file", "x");
      for (Path lower : List.of(sandbox.path("none"), file)) {
        SharedCache cache = SharedCache.of(lower, sandbox.createDirectory("instances"));
        OverlayException e = assertThrows(OverlayException.class, cache::status);
        assertEquals(
            lower.equals(file) ? ProblemCode.LAYER_NOT_DIRECTORY : ProblemCode.LAYER_NOT_FOUND,
            e.problems().get(0).code(),
            e.toString());
      }
    }
  }
}
