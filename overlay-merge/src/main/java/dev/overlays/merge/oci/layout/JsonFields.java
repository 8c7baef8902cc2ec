package dev.overlays.merge.oci.layout;

import dev.overlays.merge.oci.stream.BlobDigest;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The fields of a JSON object, read by name and kind. Each method throws an {@link IOException}
 * whose message says what is wrong with the document.
 */
public final class JsonFields {
  private final Map<?, ?> fields;
  private final String prefix;

  private JsonFields(Map<?, ?> fields, String prefix) {
    this.fields = fields;
    this.prefix = prefix;
  }

  public static JsonFields of(Map<String, Object> object) {
    return new JsonFields(object, "");
  }

  public boolean has(String name) {
    return fields.get(name) != null;
  }

  public String text(String name) throws IOException {
    return optionalText(name).orElseThrow(() -> new IOException(prefix + name + " is missing"));
  }

  public Optional<String> optionalText(String name) throws IOException {
    Object value = fields.get(name);
    if (value != null && !(value instanceof String)) {
      throw new IOException(prefix + name + " is no text");
    }
    return Optional.ofNullable((String) value);
  }

  /** Reads a whole number that is not negative. */
  public long number(String name) throws IOException {
    try {
      if (fields.get(name) instanceof BigDecimal number && number.signum() >= 0) {
        return number.longValueExact();
      }
    } catch (ArithmeticException e) {
      throw new IOException(prefix + name + " is no number of bytes", e);
    }
    throw new IOException(prefix + name + " is no number of bytes");
  }

  public JsonFields object(String name) throws IOException {
    if (fields.get(name) instanceof Map<?, ?> object) {
      return new JsonFields(object, prefix + name + '.');
    }
    throw new IOException(prefix + name + " is no object");
  }

  /** Reads a list of objects; an absent one is empty. */
  public List<JsonFields> objects(String name) throws IOException {
    List<JsonFields> objects = new ArrayList<>();
    for (Object element : elements(name)) {
      String place = prefix + name + '[' + objects.size() + ']';
      if (!(element instanceof Map<?, ?> object)) {
        throw new IOException(place + " is no object");
      }
      objects.add(new JsonFields(object, place + '.'));
    }
    return objects;
  }

  /** Reads a list of texts; an absent one is empty. */
  public List<String> texts(String name) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Object element : elements(name)) {
      if (!(element instanceof String text)) {
        throw new IOException(prefix + name + '[' + texts.size() + "] is no text");
      }
      texts.add(text);
    }
    return texts;
  }

  private List<?> elements(String name) throws IOException {
    Object value = fields.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IOException(prefix + name + " is no list");
  }

  /** Reads an object whose fields are texts, for example annotations; an absent one is empty. */
  public Map<String, String> textMap(String name) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    if (has(name)) {
      JsonFields inner = object(name);
      for (Object key : inner.fields.keySet()) {
        texts.put((String) key, inner.text((String) key));
      }
    }
    return texts;
  }

  /** Reads this object as the descriptor of a blob. */
  public OciDescriptor descriptor() throws IOException {
    String digest = text("digest");
    if (!BlobDigest.isDigest(digest)) {
      throw new IOException(prefix + "digest is no digest of SHA-256");
    }
    return new OciDescriptor(text("mediaType"), digest, number("size"));
  }

  /** Returns a descriptor as an object that can be written. */
  public static Map<String, Object> describe(OciDescriptor blob) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("mediaType", blob.mediaType());
    object.put("digest", blob.digest());
    object.put("size", blob.size());
    return object;
  }
}
