package dev.overlays.merge.oci.registry;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a registry sends.
 *
 * @param content the bytes
 * @param offset of the first one in the whole
 * @param mediaType as the registry says; empty for a blob
 */
record RegistryDownload(InputStream content, long offset, String mediaType) implements Closeable {

  @Override
  public void close() throws IOException {
    content.close();
  }
}
