// One deed sent from a form: busy until the answer is there, and in the words of the page why it was refused.
import { ref, type Ref } from 'vue'
import { useWords } from '../i18n/index.ts'
import { asProblem } from './http.ts'

export interface Sending {
  /** What the form shows above its buttons; '' when there is nothing to say. A form writes its own objections here too. */
  readonly trouble: Ref<string>
  readonly isBusy: Ref<boolean>
  /** Does `work`, what follows its success with it; a refusal becomes `trouble`. Resolves in both cases. */
  readonly send: (work: () => Promise<unknown>) => Promise<void>
}

/** In the setup of a component. */
export function useSending(): Sending {
  const { explain } = useWords()
  const trouble = ref('')
  const isBusy = ref(false)
  const send = async (work: () => Promise<unknown>): Promise<void> => {
    isBusy.value = true
    trouble.value = ''
    try {
      await work()
    } catch (error) {
      trouble.value = explain(asProblem(error))
    } finally {
      isBusy.value = false
    }
  }
  return { trouble, isBusy, send }
}
