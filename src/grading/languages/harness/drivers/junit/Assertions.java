// What tests in Java take from JUnit's assertions (Jupiter), in the names and the order of arguments that it has.
package org.junit.jupiter.api;

import org.junit.jupiter.api.function.Executable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

public class Assertions {
    /** Assertions that held. */
    static long held = 0;

    protected Assertions() {}

    private static void check(boolean holds, Object message, String otherwise) {
        if (holds) {
            held++;
            return;
        }
        Object own = message instanceof Supplier ? ((Supplier<?>) message).get() : message;
        throw new AssertionError(own == null ? otherwise : own + " ==> " + otherwise);
    }

    private static String shown(Object x) {
        if (x instanceof Object[]) return Arrays.deepToString((Object[]) x);
        return x instanceof String ? "\"" + x + "\"" : String.valueOf(x);
    }

    private static void same(boolean holds, Object expected, Object actual, Object message) {
        check(holds, message, "expected: <" + shown(expected) + "> but was: <" + shown(actual) + ">");
    }

    public static <T> T fail() { return fail((String) null); }
    public static <T> T fail(String message) { throw new AssertionError(message); }
    public static <T> T fail(String message, Throwable cause) { throw new AssertionError(message, cause); }

    public static void assertTrue(boolean is) { assertTrue(is, (String) null); }
    public static void assertTrue(boolean is, String message) { same(is, true, is, message); }
    public static void assertTrue(boolean is, Supplier<String> message) { same(is, true, is, message); }
    public static void assertTrue(BooleanSupplier is) { assertTrue(is.getAsBoolean()); }
    public static void assertTrue(BooleanSupplier is, String message) { assertTrue(is.getAsBoolean(), message); }
    public static void assertFalse(boolean is) { assertFalse(is, (String) null); }
    public static void assertFalse(boolean is, String message) { same(!is, false, is, message); }
    public static void assertFalse(boolean is, Supplier<String> message) { same(!is, false, is, message); }
    public static void assertFalse(BooleanSupplier is) { assertFalse(is.getAsBoolean()); }
    public static void assertNull(Object x) { assertNull(x, null); }
    public static void assertNull(Object x, String message) { same(x == null, null, x, message); }
    public static void assertNotNull(Object x) { assertNotNull(x, null); }
    public static void assertNotNull(Object x, String message) { check(x != null, message, "expected: not <null>"); }
    public static void assertSame(Object a, Object b) { assertSame(a, b, null); }
    public static void assertSame(Object a, Object b, String message) { same(a == b, a, b, message); }
    public static void assertNotSame(Object a, Object b) { check(a != b, null, "expected: not same but was: <" + shown(a) + ">"); }

    public static void assertEquals(Object a, Object b) { assertEquals(a, b, (String) null); }
    public static void assertEquals(Object a, Object b, String message) { same(equal(a, b), a, b, message); }
    public static void assertEquals(Object a, Object b, Supplier<String> message) { same(equal(a, b), a, b, message); }
    public static void assertEquals(long a, long b) { same(a == b, a, b, null); }
    public static void assertEquals(long a, long b, String message) { same(a == b, a, b, message); }
    public static void assertEquals(int a, int b) { same(a == b, a, b, null); }
    public static void assertEquals(int a, int b, String message) { same(a == b, a, b, message); }
    public static void assertEquals(char a, char b) { same(a == b, a, b, null); }
    public static void assertEquals(double a, double b) { same(Double.compare(a, b) == 0, a, b, null); }
    public static void assertEquals(double a, double b, String message) { same(Double.compare(a, b) == 0, a, b, message); }
    public static void assertEquals(double a, double b, double delta) { assertEquals(a, b, delta, null); }
    public static void assertEquals(double a, double b, double delta, String message) {
        same(Double.compare(a, b) == 0 || Math.abs(a - b) <= delta, a, b, message);
    }
    public static void assertEquals(float a, float b, float delta) { assertEquals((double) a, b, delta, null); }
    public static void assertNotEquals(Object a, Object b) { assertNotEquals(a, b, null); }
    public static void assertNotEquals(Object a, Object b, String message) {
        check(!equal(a, b), message, "expected: not equal but was: <" + shown(a) + ">");
    }

    /** The expected value is asked: that of the tests, and not the answer's. */
    private static boolean equal(Object expected, Object actual) { return expected == null ? actual == null : expected.equals(actual); }

    public static void assertArrayEquals(Object[] a, Object[] b) { assertArrayEquals(a, b, null); }
    public static void assertArrayEquals(Object[] a, Object[] b, String m) { same(Arrays.deepEquals(a, b), a, b, m); }
    public static void assertArrayEquals(int[] a, int[] b) { assertArrayEquals(a, b, (String) null); }
    public static void assertArrayEquals(int[] a, int[] b, String m) { same(Arrays.equals(a, b), Arrays.toString(a), Arrays.toString(b), m); }
    public static void assertArrayEquals(long[] a, long[] b) { same(Arrays.equals(a, b), Arrays.toString(a), Arrays.toString(b), null); }
    public static void assertArrayEquals(char[] a, char[] b) { same(Arrays.equals(a, b), Arrays.toString(a), Arrays.toString(b), null); }
    public static void assertArrayEquals(byte[] a, byte[] b) { same(Arrays.equals(a, b), Arrays.toString(a), Arrays.toString(b), null); }
    public static void assertArrayEquals(boolean[] a, boolean[] b) { same(Arrays.equals(a, b), Arrays.toString(a), Arrays.toString(b), null); }
    public static void assertArrayEquals(double[] a, double[] b) { same(Arrays.equals(a, b), Arrays.toString(a), Arrays.toString(b), null); }
    public static void assertArrayEquals(double[] a, double[] b, double delta) {
        boolean holds = a.length == b.length;
        for (int at = 0; holds && at < a.length; at++) holds = Math.abs(a[at] - b[at]) <= delta;
        same(holds, Arrays.toString(a), Arrays.toString(b), null);
    }
    public static void assertIterableEquals(Iterable<?> a, Iterable<?> b) {
        Iterator<?> one = a.iterator();
        Iterator<?> other = b.iterator();
        boolean holds = true;
        while (holds && one.hasNext() && other.hasNext()) holds = Objects.equals(one.next(), other.next());
        same(holds && !one.hasNext() && !other.hasNext(), a, b, null);
    }

    public interface Body<T> { T get() throws Throwable; }

    public static <T extends Throwable> T assertThrows(Class<T> type, Executable work) { return assertThrows(type, work, null); }
    public static <T extends Throwable> T assertThrows(Class<T> type, Executable work, String message) {
        try {
            work.execute();
        } catch (Throwable error) {
            check(type.isInstance(error), message, "expected " + type.getSimpleName() + " to be thrown, but was " + error);
            return type.cast(error);
        }
        check(false, message, "expected " + type.getSimpleName() + " to be thrown, but nothing was thrown");
        return null;
    }
    public static <T extends Throwable> T assertThrowsExactly(Class<T> type, Executable work) {
        T error = assertThrows(type, work);
        check(error.getClass() == type, null, "expected " + type.getSimpleName() + " exactly, but was " + error);
        return error;
    }
    public static void assertDoesNotThrow(Executable work) {
        try {
            work.execute();
        } catch (Throwable error) {
            throw new AssertionError("unexpected exception thrown: " + error, error);
        }
        held++;
    }
    public static void assertAll(Executable... all) { for (Executable one : all) run(one); }
    public static void assertAll(String heading, Executable... all) { assertAll(all); }
    public static void assertAll(Collection<Executable> all) { for (Executable one : all) run(one); }
    private static void run(Executable one) {
        try {
            one.execute();
        } catch (RuntimeException | Error error) {
            throw error;
        } catch (Throwable error) {
            throw new AssertionError(error.toString(), error);
        }
    }
    public static <T> T assertInstanceOf(Class<T> type, Object x) {
        check(type.isInstance(x), null, "expected an instance of " + type.getSimpleName() + " but was: <" + shown(x) + ">");
        return type.cast(x);
    }
    public static void assertTimeout(Duration most, Executable work) {
        long start = System.nanoTime();
        run(work);
        check(System.nanoTime() - start <= most.toNanos(), null, "execution exceeded the timeout");
    }
    public static void assertTimeoutPreemptively(Duration most, Executable work) { assertTimeout(most, work); }
}
