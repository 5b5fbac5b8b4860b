/** Properties draw the same values in every `npm test`: a red run is a change's doing. FC_SEED=n tries others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 1) });
