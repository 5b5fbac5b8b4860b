// Runs tests in Java beside an answer: a `main` that throws where something is wrong, or methods as JUnit (Jupiter) marks them.
package benchdriver;

import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

public class TestDriver {
    static final String[] CLASSES = {/* CLASSES */};
    static final String API = "org.junit.jupiter.api.";

    static boolean has(Method method, String name) {
        for (Annotation one : method.getAnnotations())
            if (one.annotationType().getName().equals(API + name)) return true;
        return false;
    }

    static void call(Object owner, Class<?> type, String mark) throws Throwable {
        for (Method method : type.getDeclaredMethods()) if (has(method, mark)) invoke(method, owner);
    }

    static Object invoke(Method method, Object owner, Object... args) throws Throwable {
        method.setAccessible(true);
        try {
            return method.invoke(Modifier.isStatic(method.getModifiers()) ? null : owner, args);
        } catch (InvocationTargetException error) {
            throw error.getCause();
        }
    }

    static Object make(Class<?> type) throws Throwable {
        Constructor<?> make = type.getDeclaredConstructor();
        make.setAccessible(true);
        try {
            return make.newInstance();
        } catch (InvocationTargetException error) {
            throw error.getCause();
        }
    }

    public static void main(String[] arguments) throws Throwable {
        // Before any class of the answer's is there; kept in no field that could be read.
        byte[] word = new byte[WORD_BYTES];
        InputStream in = System.in;
        for (int at = 0; at < word.length; at++) word[at] = (byte) in.read();
        PrintStream out = System.out;
        System.setOut(System.err);
        int ran = 0;
        Throwable failure = null;
        String failed = "";
        List<Class<?>> types = new ArrayList<>();
        for (String name : CLASSES) types.add(Class.forName(name));
        boolean isMain = /* IS_MAIN */;
        for (Class<?> type : types) {
            if (isMain) {
                try {
                    Method main = type.getDeclaredMethod("main", String[].class);
                    invoke(main, null, (Object) new String[0]);
                    ran++;
                } catch (NoSuchMethodException none) {
                    continue;
                } catch (Throwable error) {
                    failure = error;
                    failed = "main";
                }
                continue;
            }
            Method[] methods = type.getDeclaredMethods();
            boolean isBegun = false;
            for (Method method : methods) {
                if (!has(method, "Test") || has(method, "Disabled")) continue;
                try {
                    Object owner = make(type);
                    if (!isBegun) call(owner, type, "BeforeAll");
                    isBegun = true;
                    call(owner, type, "BeforeEach");
                    invoke(method, owner);
                    call(owner, type, "AfterEach");
                } catch (Throwable error) {
                    if (failure == null) {
                        failure = error;
                        failed = method.getName();
                    }
                }
                ran++;
            }
        }
        if (failure != null) {
            System.err.println("test " + failed + " failed: " + failure);
            failure.printStackTrace();
        }
        System.err.flush();
        out.println(new String(word, StandardCharsets.US_ASCII) + (failure == null ? " 0 " : " 1 ") + ran);
        out.flush();
        Runtime.getRuntime().halt(failure == null ? 0 : 1);
    }
}
