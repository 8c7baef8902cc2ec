package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Runs the operations of one open channel through {@link OperationFaults}. Every channel of a
 * faulty store or file system has one of these, whatever kind of channel it wraps.
 */
public final class ChannelOperations {
  private final OperationFaults faults;
  private final Object channel;
  private final String path;

  /** Writes a buffer from its position to its limit. */
  @FunctionalInterface
  public interface BufferWriter {
    /**
     * Writes the buffer.
     *
     * @param bytes what to write
     * @return how many bytes were written
     * @throws IOException if the write fails
     */
    int writeBuffer(ByteBuffer bytes) throws IOException;
  }

  /**
   * Counts a channel as open until {@link #forgetChannel} is called.
   *
   * @param faults what makes its operations fail
   * @param channel the channel
   * @param path the path of its file, to show to people
   */
  public ChannelOperations(OperationFaults faults, Object channel, String path) {
    this.faults = faults;
    this.channel = channel;
    this.path = path;
    faults.rememberHandle(channel, path);
  }

  /**
   * Runs an operation that returns something, or makes it fail.
   *
   * @param operation its kind
   * @param action what it does
   * @param <T> what it returns
   * @return what the action returned
   * @throws IOException if the action throws it, or if the operation is made to fail
   */
  public <T> T run(FileOperation operation, OperationFaults.OperationBody<T> action)
      throws IOException {
    return faults.run(operation, () -> path, action);
  }

  /**
   * Runs an operation that returns nothing, or makes it fail.
   *
   * @param operation its kind
   * @param step what it does
   * @throws IOException if the step throws it, or if the operation is made to fail
   */
  public void run(FileOperation operation, OperationFaults.VoidOperationBody step)
      throws IOException {
    faults.run(operation, () -> path, step);
  }

  /**
   * Runs one write. If the disk has no space for all bytes, those that fit are written.
   *
   * @param bytes what to write
   * @param writer what writes it
   * @return how many bytes were written
   * @throws IOException if nothing fits, or if the write fails
   */
  public int writeFitting(ByteBuffer bytes, BufferWriter writer) throws IOException {
    return run(
        FileOperation.WRITE,
        () -> {
          int limit = bytes.limit();
          int fits = (int) takeFittingSpace(bytes.remaining());
          bytes.limit(bytes.position() + fits);
          try {
            int written = writer.writeBuffer(bytes);
            faults.giveBackSpace(fits - written);
            return written;
          } finally {
            bytes.limit(limit);
          }
        });
  }

  /**
   * Takes space for as many bytes as fit.
   *
   * @param wanted how many bytes are to be written
   * @return how many of them fit; at least one, unless none are wanted
   * @throws IOException if none fits
   */
  public long takeFittingSpace(long wanted) throws IOException {
    long fits = faults.takeSpace(wanted);
    if (fits == 0 && wanted > 0) {
      throw FaultKind.NO_SPACE.newException("", path);
    }
    return fits;
  }

  /**
   * Takes space for all bytes.
   *
   * @param wanted how many bytes are to be written
   * @throws IOException if there is not enough space
   */
  public void takeAllSpace(long wanted) throws IOException {
    faults.takeAllSpace(wanted, path);
  }

  /**
   * Gives back space that was taken and not needed.
   *
   * @param bytes how many bytes
   */
  public void giveBackSpace(long bytes) {
    faults.giveBackSpace(bytes);
  }

  /**
   * Fails after a crash.
   *
   * @throws InjectedFaultException if there was one
   */
  public void throwIfCrashed() throws InjectedFaultException {
    faults.throwIfCrashed();
  }

  /** Counts the channel as closed. */
  public void forgetChannel() {
    faults.forgetHandle(channel);
  }
}
