package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** An index of Lucene, whose files are mapped. */
final class LuceneProgram implements DirectoryProgram {
  /**
   * Deletes the lock file, because opening it in a view copies it up, and Lucene rejects a lock
   * whose creation time has changed.
   */
  @Override
  public void prepare(Path directory) throws IOException {
    add(directory, "fixture");
    Files.delete(directory.resolve(IndexWriter.WRITE_LOCK_NAME));
  }

  @Override
  public void use(Path directory) throws IOException {
    assertEquals(1, count(directory, "fixture"));
    add(directory, "new");
    try (Directory files = FSDirectory.open(directory);
        IndexWriter writer = new IndexWriter(files, new IndexWriterConfig())) {
      writer.deleteDocuments(new Term("word", "fixture"));
    }
  }

  @Override
  public void verify(Path directory) throws IOException {
    assertEquals(0, count(directory, "fixture"));
    assertEquals(1, count(directory, "new"));
  }

  static void add(Path directory, String word) throws IOException {
    try (Directory files = FSDirectory.open(directory);
        IndexWriter writer = new IndexWriter(files, new IndexWriterConfig())) {
      Document document = new Document();
      document.add(new StringField("word", word, Field.Store.YES));
      writer.addDocument(document);
    }
  }

  private static int count(Path directory, String word) throws IOException {
    try (Directory files = FSDirectory.open(directory);
        DirectoryReader reader = DirectoryReader.open(files)) {
      return reader.docFreq(new Term("word", word));
    }
  }
}
